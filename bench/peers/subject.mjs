// What every server under test has in common: its flags, the line that says where it listens, garbage collection on demand, and
// how it ends. Plain ESM without dependencies, because Node and Bun run it as it is.
/* global Bun */
import { LoopDelay } from './loop-delay.mjs'

const isGiven = (flag) => process.argv.includes(flag)

/** What the bench asks of a subject; a subject ignores what it has no use for. */
export const flags = Object.freeze({
  /** Negotiate permessage-deflate. */
  deflate: isGiven('--deflate'),
  /** Keep what is needed to recover sessions, where the peer can. */
  recovery: isGiven('--recovery'),
  /** Measure the delay of the event loop. Off by default: the timer would cost idle servers CPU. */
  loopDelay: isGiven('--loop-delay'),
  /** Answer requests, where a server that does not should not pay for it. */
  calls: isGiven('--calls'),
  /** Hold writes back until the end of the tick, where the peer can. */
  cork: isGiven('--cork'),
})

const collectOnce = () => {
  if (typeof Bun === 'undefined') globalThis.gc()
  else Bun.gc(true)
}

const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)

/**
 * Tells the bench where this subject listens, and obeys its signals from then on: SIGUSR2 collects garbage and answers with
 * `{"gc":true}`, with the loop's delay since the SIGUSR2 before if it is measured; SIGTERM ends the process.
 *
 * @param {number} port
 */
export function announce(port) {
  const delay = flags.loopDelay ? new LoopDelay() : undefined
  process.on('SIGUSR2', () => {
    const loopDelay = delay?.take()
    collectOnce()
    collectOnce()
    // The collection is the bench's doing and none of the server's delay.
    delay?.take()
    print({ gc: true, ...(loopDelay && { loopDelay }) })
  })
  process.on('SIGTERM', () => process.exit(0))
  print({ port, pid: process.pid })
}

/**
 * Lets a Node server listen on the loopback interface, and announces it.
 *
 * @param {import('node:net').Server} server
 */
export function listen(server) {
  // Ten thousand clients that come back at once wait in the queue of connections, not for retransmitted SYNs.
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => announce(server.address().port))
}

/**
 * What a client wants, from the path of its request: `/room/7` is in room 7 and publishes there, `/publish/7` only publishes,
 * `/echo` gets its messages back, and everything else is silent.
 *
 * @param {string} path
 * @returns {{ kind: 'room' | 'publish', room: string } | { kind: 'echo' } | { kind: 'idle' }}
 */
export function placeOf(path) {
  const [, kind, room] = path.split('/')
  if ((kind === 'room' || kind === 'publish') && room) return { kind, room: `room-${room}` }
  return { kind: kind === 'echo' ? 'echo' : 'idle' }
}

/**
 * Who is in which room.
 *
 * @template T
 */
export class Rooms {
  /** @type {Map<string, Set<T>>} */
  #members = new Map()

  /** @param {string} room @param {T} member */
  join(room, member) {
    this.members(room).add(member)
  }

  /** @param {string} room @param {T} member */
  leave(room, member) {
    this.#members.get(room)?.delete(member)
  }

  /** The members of a room: the live set, also of a room that nobody is in yet. @param {string} room */
  members(room) {
    let members = this.#members.get(room)
    if (members === undefined) this.#members.set(room, (members = new Set()))
    return members
  }
}
