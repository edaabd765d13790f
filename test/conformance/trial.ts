// What the test of an item is given for one cell: servers, connections to them, and the order to clean up after it.
import type { ClientHttp2Session } from 'node:http2'
import type { Duplex } from 'node:stream'
import { Mismatch, same } from './check.ts'
import { Chopper, type Chopping } from './chopping.ts'
import { paramsOf, PeerDeflater, PeerInflater, readDeflateAnswer } from './deflate.ts'
import { text } from './frames.ts'
import type { Endpoint, Host, Listener, ServerOptions, TransportName } from './host.ts'
import { PacedWriter } from './paced-writer.ts'
import { nextTurn } from './patience.ts'
import { Peer } from './peer.ts'
import { seededRandom, type Random } from './random.ts'
import { NEIGHBOUR, type Application, type Served } from './served.ts'
import {
  dial,
  dialSession,
  answerH2,
  isAccepted,
  readAnswer,
  requestBytes,
  requestH2,
  valuesOf,
  type Answer,
  type Changes,
} from './transports.ts'

const EARLY = `${NEIGHBOUR}early`

/** How an item went before, as far as another one may ask. */
export interface PastOutcome {
  readonly item: { readonly number: number }
  readonly transport: TransportName
  readonly chopping: Chopping
  readonly failure: object | undefined
}

/** What a connection is made with. */
export interface OpenOptions {
  /** @default one with default limits and no limits of rates, shared by the test's connections */
  readonly endpoint?: Endpoint
  /** @default sends every message back */
  readonly application?: Application
  readonly changes?: Changes
  /** Whether a neighbour goes before coalesced bytes. @default true */
  readonly hasNeighbour?: boolean
  /** Frames that are sent behind the request without waiting for its answer. */
  readonly early?: readonly Uint8Array[]
}

/** A granted or refused handshake. */
export interface Handshake extends Answer {
  readonly served: Served
  readonly isAccepted: boolean
  /** The connection, if it was granted. */
  readonly peer: Peer | undefined
}

export interface TrialOptions {
  readonly host: Host
  readonly listener: Listener
  readonly transport: TransportName
  readonly chopping: Chopping
  readonly seed: number
  readonly label: string
  /** How other cells went, for items that are about others. */
  readonly outcomes: readonly PastOutcome[]
}

/** One cell's run. */
export class Trial {
  readonly host: Host
  readonly listener: Listener
  readonly transport: TransportName
  readonly chopping: Chopping
  readonly random: Random
  readonly outcomes: readonly PastOutcome[]
  readonly #endpoints: Endpoint[] = []
  readonly #served: Served[] = []
  readonly #cleanups: (() => void)[] = []
  #plain: Endpoint | undefined
  #session: Promise<ClientHttp2Session> | undefined

  private constructor({ host, listener, transport, chopping, seed, label, outcomes }: TrialOptions) {
    this.host = host
    this.listener = listener
    this.transport = transport
    this.chopping = chopping
    this.outcomes = outcomes
    this.random = seededRandom(seed, label)
  }

  /** Prepares a trial; call `finish` when it is over. */
  static async prepare(options: Omit<TrialOptions, 'listener'>): Promise<Trial> {
    const { host, transport } = options
    // An HTTP/2 server has some state for all its WebSockets, so each trial has one of its own.
    const listener = transport === 'h2' ? await host.listen(transport) : await host.listener(transport)
    return new Trial({ ...options, listener })
  }

  /** A WebSocket server with options of its own. */
  endpoint(options: ServerOptions = {}): Endpoint {
    const endpoint = this.listener.endpoint(options)
    this.#endpoints.push(endpoint)
    return endpoint
  }

  /** The server that tests use which need no other. */
  get plain(): Endpoint {
    return (this.#plain ??= this.endpoint())
  }

  /** The HTTP/2 session of this cell. */
  session(): Promise<ClientHttp2Session> {
    this.#session ??= dialSession(this.listener.port).then((session) => {
      this.onEnd(() => session.destroy())
      return session
    })
    return this.#session
  }

  /** The writes that carry these bytes, for tests that write by themselves. */
  chop(parts: readonly Uint8Array[]): Uint8Array[] {
    return this.#chopper().chop(parts)
  }

  /** Calls back when the test is over. */
  onEnd(cleanup: () => void): void {
    this.#cleanups.push(cleanup)
  }

  /** Runs the cases of an item at the same time and names the one that fails. */
  async each<T>(
    cases: readonly T[],
    test: (one: T) => Promise<void>,
    name: (one: T) => string = String,
  ): Promise<void> {
    const run = async (one: T): Promise<void> => {
      try {
        await test(one)
      } catch (error) {
        if (error instanceof Mismatch) throw new Mismatch(`${error.expected} [${name(one)}]`, error.got)
        throw error
      }
    }
    const results = await Promise.allSettled(cases.map(run))
    const failed = results.find((result) => result.status === 'rejected')
    if (failed) throw failed.reason
  }

  /** Makes a connection that must be granted. */
  async open(options: OpenOptions = {}): Promise<Peer> {
    const { peer, status } = await this.#shake({ ...options, isRequestChopped: false })
    if (peer === undefined) throw new Mismatch('a granted handshake', `status ${status}`)
    await peer.served.opened()
    return peer
  }

  /** Makes a connection with permessage-deflate, which must be agreed on. */
  async openDeflated(
    endpoint: Endpoint,
    offer = 'permessage-deflate',
    options: Omit<OpenOptions, 'endpoint' | 'changes'> = {},
  ): Promise<{ peer: Peer; deflater: PeerDeflater; answer: ReadonlyMap<string, string | undefined> }> {
    const changes = { 'Sec-WebSocket-Extensions': offer }
    const handshake = await this.#shake({ ...options, endpoint, changes, isRequestChopped: false })
    const answer = readDeflateAnswer(valuesOf(handshake, 'sec-websocket-extensions').join(', '))
    if (handshake.peer === undefined || answer === undefined) {
      throw new Mismatch(`permessage-deflate for ${offer}`, `status ${handshake.status}, no extension`)
    }
    await handshake.served.opened()
    return { peer: handshake.peer, deflater: new PeerDeflater(paramsOf(answer)), answer }
  }

  /** Sends a handshake and does not wait for an answer. */
  async begin({
    endpoint = this.plain,
    changes,
  }: Pick<OpenOptions, 'endpoint' | 'changes'> = {}): Promise<Duplex> {
    const { target } = endpoint.expect()
    if (this.transport === 'h2') return requestH2(await this.session(), target, changes)
    const { stream, writer } = await this.dial()
    writer.send(requestBytes(target, changes))
    await writer.flush()
    return stream
  }

  /** Has the next connections use another HTTP/2 session. */
  renewSession(): void {
    this.#session = undefined
  }

  /** Sends a handshake that may be refused; over HTTP/1.1 the request itself is chopped. */
  handshake(options: OpenOptions = {}): Promise<Handshake> {
    return this.#shake({ ...options, isRequestChopped: true })
  }

  /** Sends any bytes as a request over HTTP/1.1, chopped, and reads the answer. */
  async exchange(...request: readonly Uint8Array[]): Promise<Answer> {
    const { stream, writer } = await this.dial()
    writer.send(...request)
    // An answer may come before everything was sent, so both are awaited at once.
    const [answer] = await Promise.all([readAnswer(stream), writer.flush()])
    return answer
  }

  /** Opens a connection over HTTP/1.1 and sends nothing. */
  async dial() {
    const { transport } = this
    if (transport === 'h2') throw new Error('HTTP/2 has no bare connections')
    const stream = await dial(transport, this.listener.port)
    this.onEnd(() => stream.destroy())
    return { stream, writer: new PacedWriter(stream, this.#chopper()) }
  }

  /** Over: whatever is left is destroyed, and each connection must have ended exactly once for its application. */
  async finish(): Promise<void> {
    // Why not at once: see `drop`.
    await nextTurn()
    for (const cleanup of this.#cleanups.reverse()) cleanup()
    for (const served of this.#served) {
      if (!served.willClose) continue
      await served.closed()
      same(served.closes.length, 1, 'close events of one connection')
    }
    await Promise.all(this.#endpoints.map(({ server }) => server.close()))
    if (this.transport === 'h2') await this.listener.stop()
  }

  #chopper(): Chopper {
    return new Chopper(this.chopping, this.random)
  }

  async #shake(options: OpenOptions & { isRequestChopped: boolean }): Promise<Handshake> {
    const { endpoint = this.plain, application, changes, isRequestChopped, hasNeighbour = true } = options
    const { served, target } = endpoint.expect(application)
    this.#served.push(served)
    const isCoalesced = this.chopping === 'coalesced' && hasNeighbour
    const isEarly = isCoalesced && isRequestChopped && options.early === undefined && this.transport !== 'h2'
    const early = [...(isEarly ? [text(EARLY)] : []), ...(options.early ?? [])]
    const answer = await this.#request(target, changes, isRequestChopped, early)
    if (!isAccepted(answer)) return { ...answer, served, isAccepted: false, peer: undefined }
    const deflate = readDeflateAnswer(valuesOf(answer, 'sec-websocket-extensions').join(', '))
    const peer = new Peer({
      stream: answer.stream,
      served,
      chopper: this.#chopper(),
      hasNeighbour: isCoalesced && !isEarly && options.early === undefined,
      inflater: deflate && new PeerInflater(paramsOf(deflate)),
    })
    this.onEnd(() => peer.stream.destroy())
    if (isEarly) await peer.expectMessage(EARLY)
    return { ...answer, served, isAccepted: true, peer }
  }

  async #request(
    target: string,
    changes: Changes | undefined,
    isChopped: boolean,
    early: readonly Uint8Array[],
  ): Promise<Answer> {
    if (this.transport === 'h2') {
      const stream = requestH2(await this.session(), target, changes)
      const writer = new PacedWriter(stream, this.#chopper())
      writer.send(...early)
      const [answer] = await Promise.all([answerH2(stream), writer.flush()])
      return answer
    }
    if (isChopped || early.length > 0) return this.exchange(requestBytes(target, changes), ...early)
    const { stream } = await this.dial()
    stream.write(requestBytes(target, changes))
    return readAnswer(stream)
  }
}
