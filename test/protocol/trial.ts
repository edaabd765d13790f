// What a test is given: connections to the server under test, and names that no other test uses.
import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { Mismatch } from '../conformance/check.ts'
import type { Fields } from './messages.ts'
import { Peer, type PeerOptions } from './peer.ts'
import { CODECS, type WireCodec } from './wire-codec.ts'

/** Where a trial takes place. */
export interface TrialOptions {
  readonly url: string
  readonly codec: WireCodec
  readonly patienceMs: number
}

/** One item over one codec. */
export class Trial {
  readonly #options: TrialOptions
  readonly #peers: Peer[] = []

  constructor(options: TrialOptions) {
    this.#options = options
  }

  get codec(): WireCodec {
    return this.#options.codec
  }

  /** The codec that this trial is not about. */
  get otherCodec(): WireCodec {
    return this.codec === CODECS.json ? CODECS.msgpack : CODECS.json
  }

  /** A room that nobody else uses, of a channel in README.md. */
  room(channel = 'room'): string {
    return `${channel}:${randomUUID()}`
  }

  /** A user that nobody else is; also the token. */
  user(): string {
    return `user-${randomUUID()}`
  }

  /** A publish id (§6). */
  publishId(): string {
    return randomUUID()
  }

  /** A connection on which nothing has been sent. */
  async open(changes: Partial<PeerOptions> = {}): Promise<Peer> {
    const peer = await Peer.open({ ...this.#options, ...changes })
    this.#peers.push(peer)
    return peer
  }

  /** A client that has connected, as a new user unless told otherwise. */
  async client(connect: Fields = {}, changes: Partial<PeerOptions> = {}): Promise<Peer> {
    const peer = await this.open(changes)
    await peer.connect({ token: this.user(), ...connect })
    return peer
  }

  /** Another connection of the client that a peer is or was. */
  resume({ identity: { userId, clientId, secret } }: Peer): Promise<Peer> {
    return this.client({ token: userId, resume: { clientId, secret } })
  }

  /** Asks again and again, seldom enough for every rate bucket, until the answer is what it will become with time. */
  async eventually<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean, expected: string): Promise<T> {
    const deadline = performance.now() + this.#options.patienceMs
    for (;;) {
      const answer = await ask()
      if (isRight(answer)) return answer
      if (performance.now() > deadline)
        throw new Mismatch(expected, `not within ${this.#options.patienceMs} ms`)
      await delay(50)
    }
  }

  /** Ends what the test left behind. Throws if anything that arrived was wrong, whatever the test was about. */
  finish(): void {
    for (const peer of this.#peers) peer.lose()
    const fault = this.#peers.find((peer) => peer.fault)?.fault
    if (fault) throw fault
  }
}
