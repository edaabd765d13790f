// A TCP relay in front of a server that keeps what went over the wire, so that a check need not believe either peer.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { framesIn, type SeenFrame } from './frames.ts'

/** So many bytes of each direction are kept; beyond that they are counted only. */
const MAX_KEPT_BYTES = 1024 * 1024

/** One direction of a connection. */
export class Tape {
  readonly #chunks: Buffer[] = []
  #keptBytes = 0
  #totalBytes = 0

  /** Everything that went this way, in bytes. */
  get totalBytes(): number {
    return this.#totalBytes
  }

  get frames(): readonly SeenFrame[] {
    return framesIn(Buffer.concat(this.#chunks))
  }

  /** The data frames and their continuations. */
  get dataFrames(): readonly SeenFrame[] {
    return this.frames.filter(({ opcode }) => opcode < 8)
  }

  record(chunk: Buffer): void {
    this.#totalBytes += chunk.length
    if (this.#keptBytes >= MAX_KEPT_BYTES) return
    this.#chunks.push(chunk)
    this.#keptBytes += chunk.length
  }
}

/** Both directions of a connection, named as the server sees them. */
export interface Recording {
  readonly fromClient: Tape
  readonly toClient: Tape
}

/** A relay to a server. Dispose of it when done. */
export interface WireTap extends AsyncDisposable {
  readonly port: number
  /** What was recorded of the connection whose first request has this `id` in its query. */
  recording(id: string): Recording
}

/** Starts a relay on a free port. */
export async function startWireTap(targetPort: number): Promise<WireTap> {
  const recordings = new Map<string, Recording>()
  const sockets = new Set<Socket>()
  const track = (socket: Socket): Socket => {
    sockets.add(socket)
    // An end on either side becomes one on the other.
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    return socket.setNoDelay(true)
  }
  const server = createServer({ allowHalfOpen: true }, (incoming) => {
    track(incoming)
    const outgoing = track(connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true }))
    const recording: Recording = { fromClient: new Tape(), toClient: new Tape() }
    incoming.once('data', (chunk) => {
      const id = idIn(chunk)
      if (id !== undefined) recordings.set(id, recording)
    })
    incoming.on('data', (chunk) => recording.fromClient.record(chunk))
    outgoing.on('data', (chunk) => recording.toClient.record(chunk))
    incoming.pipe(outgoing)
    outgoing.pipe(incoming)
    incoming.once('close', () => outgoing.destroy())
    outgoing.once('close', () => incoming.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    recording(id) {
      const recording = recordings.get(id)
      if (!recording) throw new Error(`No request with id=${id} came over the wire.`)
      return recording
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The `id` of the query in a request line. */
function idIn(chunk: Buffer): string | undefined {
  const [, target = ''] = chunk.toString('latin1', 0, 2048).split(' ', 2)
  return URL.canParse(target, 'http://localhost')
    ? (new URL(target, 'http://localhost').searchParams.get('id') ?? undefined)
    : undefined
}
