// Bun's built-in WebSocket server, which is uWebSockets: topics and `server.publish`.
//
// Settings, from its documentation: publish through topics, which its pub/sub batches by itself; `perMessageDeflate` off (the
// default), with `--deflate` its shared compressor; no idle timeout, so that quiet connections stay.
/* global Bun, Response */
import { announce, flags, placeOf } from './subject.mjs'

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request, server) {
    const isUpgraded = server.upgrade(request, { data: placeOf(new URL(request.url).pathname) })
    return isUpgraded ? undefined : new Response('WebSocket only', { status: 426 })
  },
  websocket: {
    idleTimeout: 0,
    perMessageDeflate: flags.deflate,
    open(client) {
      if (client.data.kind === 'room') client.subscribe(client.data.room)
    },
    message(client, data) {
      if (client.data.kind === 'echo') client.send(data)
      else if (client.data.kind !== 'idle') server.publish(client.data.room, data, flags.deflate)
    },
  },
})

announce(server.port)
