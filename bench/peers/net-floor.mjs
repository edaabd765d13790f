// The floor for JavaScript on Node: a `net` server that does the least that could still be called WebSocket. It validates
// nothing: no UTF-8, no limits, no reserved bits, no state of closing. It serves as a yardstick and never as a server.
//
// What a room publishes within one turn of the event loop becomes one buffer, which every member's socket is given in one write;
// echoes of one read are one write. Flushed by setImmediate, after all sockets that were readable have been read.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { setImmediate } from 'node:timers'
import { FrameReader, frameOf } from './net-floor-frames.mjs'
import { listen, placeOf, Rooms } from './subject.mjs'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const CLOSE = 8
const PING = 9
const PONG = 10

const rooms = new Rooms()
/** What rooms have published in this turn. @type {Map<string, Buffer[]>} */
const pending = new Map()

const server = createServer({ noDelay: true }, (socket) => {
  let head = ''
  const readHead = (chunk) => {
    head += chunk.toString('latin1')
    if (!head.includes('\r\n\r\n')) return
    socket.off('data', readHead)
    upgrade(socket, head)
  }
  socket.on('data', readHead)
  socket.on('error', () => socket.destroy())
})

function upgrade(socket, head) {
  const key = /^sec-websocket-key: *(\S+)/im.exec(head)[1]
  const place = placeOf(head.split(' ', 2)[1])
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  if (place.kind === 'room') {
    rooms.join(place.room, socket)
    socket.on('close', () => rooms.leave(place.room, socket))
  }
  serve(socket, place)
}

function serve(socket, { kind, room }) {
  const reader = new FrameReader()
  const publishes = kind === 'room' || kind === 'publish'
  socket.on('data', (chunk) => {
    const answers = []
    reader.read(chunk, (opcode, payload) => {
      if (opcode === CLOSE) socket.end(frameOf(CLOSE, payload))
      else if (opcode === PING) answers.push(frameOf(PONG, payload))
      else if (opcode === PONG) return
      else if (publishes) publish(room, frameOf(opcode, payload))
      else if (kind === 'echo') answers.push(frameOf(opcode, payload))
    })
    if (answers.length > 0) socket.write(answers.length === 1 ? answers[0] : Buffer.concat(answers))
  })
}

function publish(room, frame) {
  if (pending.size === 0) setImmediate(flush)
  const frames = pending.get(room)
  if (frames === undefined) pending.set(room, [frame])
  else frames.push(frame)
}

function flush() {
  for (const [room, frames] of pending) {
    const batch = frames.length === 1 ? frames[0] : Buffer.concat(frames)
    for (const member of rooms.members(room)) member.write(batch)
  }
  pending.clear()
}

listen(server)
