// Which client a new connection continues. A client proves itself with a secret that every connection renews.
import type { ResumeProof } from '@roomcast/protocol/wire'
import type { Clock } from '../clock.ts'
import { randomId, type Random } from '../random.ts'

/** Options of a {@link ResumeStore}. */
export interface ResumeStoreOptions {
  readonly clock: Clock
  readonly random: Random
  /** For how long a client may be away, in milliseconds. */
  readonly ttlMs: number
  /** How many clients are remembered; the one that was seen longest ago is forgotten first. */
  readonly maxClients: number
}

interface Entry {
  readonly userId: string
  /** The newest secret, and the one before it: the reply that carried the newest may have been lost. */
  readonly secrets: readonly string[]
  readonly seenAt: number
}

/** Client ids and their secrets, bounded in number and time. Only authenticated clients get this far. */
export class ResumeStore {
  readonly #options: ResumeStoreOptions
  /** In the order in which clients were last seen. */
  readonly #clients = new Map<string, Entry>()

  constructor(options: ResumeStoreOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#clients.size
  }

  /** Continues the client that the proof names if it is this user's, or else begins a new one. */
  claim(
    userId: string,
    proof: ResumeProof | undefined,
  ): { readonly clientId: string; readonly secret: string } {
    const { clock, random } = this.#options
    this.#expire()
    const secret = randomId(random, 16)
    const known = proof && this.#clients.get(proof.clientId)
    const matched =
      known?.userId === userId ? known.secrets.find((s) => isEqual(s, proof!.secret)) : undefined
    const clientId = matched === undefined ? randomId(random) : proof!.clientId
    this.#clients.delete(clientId)
    this.#clients.set(clientId, {
      userId,
      secrets: matched === undefined ? [secret] : [secret, matched],
      seenAt: clock.monotonic(),
    })
    return { clientId, secret }
  }

  /** Notes that a client is still there. */
  touch(clientId: string): void {
    const entry = this.#clients.get(clientId)
    if (!entry) return
    this.#clients.delete(clientId)
    this.#clients.set(clientId, { ...entry, seenAt: this.#options.clock.monotonic() })
  }

  #expire(): void {
    const { clock, ttlMs, maxClients } = this.#options
    const oldest = clock.monotonic() - ttlMs
    for (const [clientId, { seenAt }] of this.#clients) {
      if (seenAt > oldest && this.#clients.size < maxClients) return
      this.#clients.delete(clientId)
    }
  }
}

/** Compares in a time that depends on the lengths only. */
function isEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % (b.length || 1))
  return difference === 0
}
