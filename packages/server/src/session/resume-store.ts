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
  /** How many clients that are away are remembered; the one that left longest ago is forgotten first. */
  readonly maxClients: number
}

/** One for each client, in memory as long as it may come back: kept flat. */
interface Entry {
  readonly userId: string
  readonly secret: string
  /** The secret before: the reply that carried the newest may have been lost. */
  readonly secretBefore: string | undefined
  /** A client that comes back before its old connection was found to be lost has two for a moment. */
  connections: number
}

/**
 * Client ids and their secrets. Only authenticated clients get this far. Those that are connected are as many as there
 * are connections; those that are away are bounded in number and time.
 */
export class ResumeStore {
  readonly #options: ResumeStoreOptions
  readonly #connected = new Map<string, Entry>()
  /** In the order in which clients left. */
  readonly #away = new Map<string, Entry & { readonly leftAt: number }>()

  constructor(options: ResumeStoreOptions) {
    this.#options = options
  }

  /** How many clients are remembered, connected or away. */
  get size(): number {
    return this.#connected.size + this.#away.size
  }

  /**
   * Continues the client that the proof names if it is this user's, or else begins a new one. Each claim is ended by
   * one `leave`.
   */
  claim(
    userId: string,
    proof: ResumeProof | undefined,
  ): { readonly clientId: string; readonly secret: string } {
    const { random } = this.#options
    this.#expire()
    const secret = randomId(random, 16)
    const known = proof && this.#prove(userId, proof)
    const clientId = known ? proof.clientId : randomId(random)
    this.#away.delete(clientId)
    this.#connected.set(clientId, {
      userId,
      secret,
      secretBefore: known && proof.secret,
      connections: (known?.connections ?? 0) + 1,
    })
    return { clientId, secret }
  }

  /** Ends what `claim` began: from now on the client is away, unless it has another connection. */
  leave(clientId: string): void {
    const entry = this.#connected.get(clientId)
    if (!entry) return
    if (--entry.connections > 0) return
    this.#connected.delete(clientId)
    this.#away.set(clientId, { ...entry, leftAt: this.#options.clock.monotonic() })
    this.#expire()
  }

  #prove(userId: string, { clientId, secret }: ResumeProof): Entry | undefined {
    const entry = this.#connected.get(clientId) ?? this.#away.get(clientId)
    if (entry?.userId !== userId) return undefined
    const isKnown =
      isEqual(entry.secret, secret) ||
      (entry.secretBefore !== undefined && isEqual(entry.secretBefore, secret))
    return isKnown ? entry : undefined
  }

  #expire(): void {
    const { clock, ttlMs, maxClients } = this.#options
    const oldest = clock.monotonic() - ttlMs
    for (const [clientId, { leftAt }] of this.#away) {
      if (leftAt > oldest && this.#away.size <= maxClients) return
      this.#away.delete(clientId)
    }
  }
}

/** Compares in a time that depends on the lengths only. */
function isEqual(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i % (b.length || 1))
  return difference === 0
}
