// Our WebSocket stack without rooms of its own, as users get it: `/room/N` and `/publish/N` are a room, `/echo` echoes, everything
// else is silent. Limits that would stop a load generator are off; what they count is still counted.
import { createServer } from 'node:http'
import { ConnectionGroup, createWebSocketServer } from '@roomcast/server/websocket'
import { flags, listen, placeOf } from '../peers/subject.mjs'
import { CONNECTION_LIMITS } from './limits.mjs'

/** @type {Map<string, ConnectionGroup>} */
const rooms = new Map()

/** @param {string} name */
function roomOf(name) {
  let room = rooms.get(name)
  if (room === undefined) rooms.set(name, (room = new ConnectionGroup()))
  return room
}

const ignore = () => {}

const webSockets = createWebSocketServer({
  deflate: flags.deflate,
  limits: CONNECTION_LIMITS,
  connection(connection, request) {
    const place = placeOf(request.url)
    if (place.kind === 'echo') {
      connection.setHandlers({ message: (data) => connection.send(data), close: ignore })
    } else if (place.kind === 'idle') {
      connection.setHandlers({ message: ignore, close: ignore })
    } else {
      const room = roomOf(place.room)
      if (place.kind === 'room') room.add(connection)
      connection.setHandlers({ message: (data) => room.send(data), close: ignore })
    }
  },
})

const server = createServer()
webSockets.attach(server, { path: '*' })
listen(server)
