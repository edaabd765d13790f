// ws as its README shows a broadcast: one `send` for each client.
//
// Settings: bufferutil is installed, the native helper that the README names for this version of Node. `perMessageDeflate` is
// off, which is the default and what its documentation recommends unless bandwidth is worth memory and CPU.
// `skipUTF8Validation` stays off, its default: we validate too. `clientTracking` is off, because rooms keep their members.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { flags, listen, placeOf, Rooms } from './subject.mjs'

const rooms = new Rooms()
const server = createServer()
const webSockets = new WebSocketServer({ server, perMessageDeflate: flags.deflate, clientTracking: false })

webSockets.on('connection', (client, request) => {
  const place = placeOf(request.url)
  client.on('error', () => client.terminate())
  if (place.kind === 'echo') client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }))
  if (place.kind === 'publish' || place.kind === 'room') {
    const { room } = place
    const members = rooms.members(room)
    client.on('message', (data, binary) => {
      for (const member of members) member.send(data, { binary })
    })
    if (place.kind === 'room') {
      rooms.join(room, client)
      client.on('close', () => rooms.leave(room, client))
    }
  }
})

listen(server)
