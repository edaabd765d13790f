// An attacker as a process of its own: opens a WebSocket and sends small frames as fast as they are taken. Says when it
// begins and when it is done, or closed.
import { buildFrame } from '../support/raw-websocket.ts'
import { open, write } from './tools.ts'

const [port, path = '/', kind, count = '0', reads] = process.argv.slice(2)

const opcode = kind === 'pings' ? 9 : 1
const FRAMES_PER_WRITE = 2000
const frames = Buffer.concat(Array.from({ length: FRAMES_PER_WRITE }, () => buildFrame('', { opcode })))

const raw = await open(Number(port), path)
// What comes back is not what this is about, and keeping it would be slow.
raw.socket.removeAllListeners('data')
if (reads === 'reads') raw.socket.resume()
else raw.socket.pause()
process.send?.('begun')
let sent = 0
while (sent < Number(count) && (await write(raw.socket, frames))) sent += FRAMES_PER_WRITE
process.send?.({ sent, isOpen: !raw.socket.destroyed })
process.once('disconnect', () => process.exit())
