// The one server process that a whole suite attacks, and what it knows of itself.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { localCertificate } from '../support/tls.ts'

/** What the server says of itself. */
export interface Facts {
  /** How many messages its handlers were given. */
  readonly messages: number
  /** Errors that nobody handled. */
  readonly strays: number
  readonly lines: {
    readonly debug: number
    readonly info: number
    readonly warn: number
    readonly error: number
  }
  /** Heap and what hangs on it after a garbage collection, if one was asked for. */
  readonly heldBytes: number
  readonly rssBytes: number
  /** The most that heap and what hangs on it came to since the last reset. */
  readonly peakBytes: number
  readonly threadCpuMs: number
  /** The 99th percentile since the last reset. */
  readonly loopDelayMs: number
  readonly connections: number
  /** The most that any connection had waiting since the last reset. */
  readonly peakBufferedBytes: number
  /** What keeps its event loop busy: sockets, timers, requests. */
  readonly handles: number
  readonly logged: readonly string[]
}

export interface Ports {
  readonly h1: number
  readonly tls: number
  /** HTTP/2 and HTTP/1.1 over TLS. */
  readonly h2: number
  /** With two seconds for a handshake. */
  readonly slow: number
  readonly slowTls: number
  /** Whose SNICallback throws. */
  readonly throwing: number
}

const FLAGS = ['--conditions=@roomcast/source', '--import', 'tsx']

/** Starts a program of this folder with a channel to it. */
export function startProgram(name: string, args: readonly string[] = []): ChildProcess {
  const file = fileURLToPath(new URL(name, import.meta.url))
  return spawn(process.execPath, [...FLAGS, file, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

/** The server. Dispose of it when done. */
export class Stage implements AsyncDisposable {
  readonly ports: Ports
  /** Whether there is time for the long measurements. */
  readonly isFull: boolean
  readonly #child: ChildProcess
  readonly #asked = new Map<number, { resolve: (facts: Facts) => void; reject: (error: Error) => void }>()
  #lastId = 0

  private constructor(child: ChildProcess, ports: Ports, isFull: boolean) {
    this.#child = child
    this.ports = ports
    this.isFull = isFull
    child.on('message', ({ id, facts }: { id: number; facts: Facts }) => {
      this.#asked.get(id)?.resolve(facts)
      this.#asked.delete(id)
    })
    child.on('exit', () => {
      for (const { reject } of this.#asked.values()) reject(new Error('the server is dead'))
    })
  }

  /** Starts the server, with the certificate that this process trusts. */
  static async start(isFull: boolean): Promise<Stage> {
    const child = startProgram('server-program.ts')
    child.send(await localCertificate())
    const [{ ports }] = (await once(child, 'message')) as [{ ports: Ports }]
    return new Stage(child, ports, isFull)
  }

  get isAlive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Asks the server about itself. */
  async facts(wish: { collect?: boolean; reset?: boolean } = {}): Promise<Facts> {
    const id = ++this.#lastId
    if (!this.isAlive) throw new Error('the server is dead')
    const answer = new Promise<Facts>((resolve, reject) => this.#asked.set(id, { resolve, reject }))
    this.#child.send({ id, ...wish })
    return answer
  }

  /** Asks until something holds; false if it does not in time. Each answer is a turn of the server's. */
  async settles(condition: (facts: Facts) => boolean, withinMs = 10_000): Promise<boolean> {
    for (const endsAt = performance.now() + withinMs; performance.now() < endsAt;) {
      if (condition(await this.facts())) return true
    }
    return false
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.isAlive) return
    const exit = once(this.#child, 'exit')
    this.#child.disconnect()
    await exit
  }
}
