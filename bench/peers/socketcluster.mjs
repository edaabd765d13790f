// SocketCluster: clients subscribe to channels and publish to them through the server's exchange.
//
// Settings: the defaults of its API documentation, which has no page on tuning: the in-memory broker, ws with bufferutil below
// it, `perMessageDeflate` off, no middleware (which lets it encode a publication once for all subscribers). Batching of
// outgoing messages is off, its default: it holds each message back for an interval of 50 ms. Clients publish without asking
// for an acknowledgement.
import { createServer } from 'node:http'
import socketCluster from 'socketcluster-server'
import { flags, listen } from './subject.mjs'

const server = createServer()
const sockets = socketCluster.attach(server, { perMessageDeflate: flags.deflate })

const answer = async (socket) => {
  for await (const request of socket.procedure('call')) request.end({ text: request.data })
}

if (flags.calls) {
  void (async () => {
    for await (const { socket } of sockets.listener('connection')) void answer(socket)
  })()
}

listen(server)
