// Socket.IO: rooms of its in-memory adapter and `io.to(room).emit`.
//
// Settings, from its pages on performance tuning and memory usage: the WebSocket transport only (no polling, no upgrade of the
// transport), `perMessageDeflate` off (the default), ws with bufferutil below it, and the request of each connection let go.
// Connection state recovery is off but for `--recovery`. Clients publish without asking for an acknowledgement.
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { flags, listen } from './subject.mjs'

const server = createServer()
const io = new Server(server, {
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: flags.deflate,
  ...(flags.recovery && { connectionStateRecovery: { maxDisconnectionDuration: 120_000 } }),
})

io.engine.on('connection', (connection) => {
  connection.request = null
})

io.on('connection', (socket) => {
  socket.on('join', (room, joined) => {
    void socket.join(room)
    joined()
  })
  socket.on('call', (text, answer) => answer({ text }))
  socket.on('publish', (room, text) => io.to(room).emit('message', { text }))
})

listen(server)
