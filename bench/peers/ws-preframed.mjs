// ws with the two techniques that its users know for broadcasts, both of which reach below its documented API.
//
// A message is framed once with `Sender.frame`, which was made public for this purpose (websockets/ws#617, #1016), and the
// bytes are written to each socket. Socket.IO does the same. With `--cork`, a socket is corked until the end of the tick, as
// its maintainer describes (websockets/ws#1999) and Node's documentation of `writable.cork` recommends: several frames of one
// tick become one writev. Settings are those of ws.mjs. There is no compressed variant: frames would differ by connection.
import { Buffer } from 'node:buffer'
import { createServer } from 'node:http'
import { Sender, WebSocketServer } from 'ws'
import { flags, listen, placeOf, Rooms } from './subject.mjs'

const BINARY = 2
const TEXT = 1

const rooms = new Rooms()
const server = createServer()
const webSockets = new WebSocketServer({ server, perMessageDeflate: false, clientTracking: false })
const write = flags.cork ? writeCorked : (socket, frame) => socket.write(frame)

webSockets.on('connection', (client, request) => {
  const place = placeOf(request.url)
  client.on('error', () => client.terminate())
  if (place.kind !== 'publish' && place.kind !== 'room') return
  const { room } = place
  const members = rooms.members(room)
  client.on('message', (data, isBinary) => {
    const frame = frameOnce(data, isBinary)
    for (const { _socket: socket } of members) write(socket, frame)
  })
  if (place.kind === 'room') {
    rooms.join(room, client)
    client.on('close', () => rooms.leave(room, client))
  }
})

/** The frame as one buffer, so that a delivery is one write. */
function frameOnce(data, isBinary) {
  const opcode = isBinary ? BINARY : TEXT
  const parts = Sender.frame(data, { fin: true, rsv1: false, opcode, mask: false, readOnly: true })
  return Buffer.concat(parts)
}

function writeCorked(socket, frame) {
  if (socket.writableCorked === 0) {
    socket.cork()
    process.nextTick(() => socket.uncork())
  }
  socket.write(frame)
}

listen(server)
