// The server's answer to one command.
import type { Outcome } from '../errors.ts'
import type { Position, UnrecoveredReason } from '../position.ts'
import type { Command } from './command.ts'
import type { Member, PresencePosition } from './presence.ts'

/** Whether the contract of the client and that of the server are the same version, or the server accepts both. */
export type ContractVerdict = 'same' | 'accepted'

/** The limits of this server that concern a client; the SDK refuses locally what cannot pass. */
export interface AnnouncedLimits {
  readonly maxMessageBytes: number
  readonly maxSubscriptions: number
  readonly maxOutstandingCommands: number
}

/** The answer to `connect`. */
export interface ConnectResult {
  readonly sessionId: string
  /** Stable across the reconnections of one client that proves itself with `secret`. */
  readonly clientId: string
  /** The proof for the next connection; each connection brings a new one. */
  readonly secret: string
  readonly userId: string
  readonly contract: ContractVerdict
  /** Changes when the contract does; a different one after a reconnect tells that the server was deployed anew. */
  readonly contractHash: string
  readonly limits: AnnouncedLimits
  /** How long the server may be silent before a client should `ping`, in milliseconds. */
  readonly heartbeatMs: number
  /** How long the server remembers publish ids, in milliseconds. */
  readonly dedupeWindowMs: number
}

/** What a channel does, told at run time because the client has no contract. */
export interface ChannelDescriptor {
  readonly history: { readonly maxItems: number; readonly ttlMs: number } | null
  readonly presence: boolean
}

/** The answer to `subscribe`. The replayed publications follow it, before any live one. */
export interface SubscribeResult {
  /** The place from which the stream continues without a gap: the next publication has `offset + 1`. */
  readonly position: Position
  /** How many of the publications that follow are replayed. */
  readonly replay: number
  /** Only if `recover` was asked for: whether the stream continues where the client left off. */
  readonly recovered?: boolean
  /** Only if not recovered. */
  readonly reason?: UnrecoveredReason
  readonly channel: ChannelDescriptor
}

/** The answer to `publish`. */
export interface PublishResult {
  readonly position: Position
}

/** The answer to `call`. */
export interface CallResult {
  readonly data: unknown
}

/** The answer to `presenceWatch`. */
export interface PresenceResult {
  readonly members: readonly Member[]
  /** The place of this snapshot among the presence changes of the room. */
  readonly position: PresencePosition
}

/** An answer without content. */
export type EmptyResult = Readonly<Record<string, never>>

/** The result that answers each command. */
export interface ResultOf {
  readonly connect: ConnectResult
  readonly subscribe: SubscribeResult
  readonly unsubscribe: EmptyResult
  readonly publish: PublishResult
  readonly call: CallResult
  readonly presenceEnter: EmptyResult
  readonly presenceUpdate: EmptyResult
  readonly presenceLeave: EmptyResult
  readonly presenceWatch: PresenceResult
  readonly presenceUnwatch: EmptyResult
  readonly ping: EmptyResult
}

/** Success. */
export interface ReplyMessage<Type extends keyof ResultOf = keyof ResultOf> {
  readonly type: 'reply'
  readonly id: number
  readonly result: ResultOf[Type]
}

/** Failure. */
export interface ErrorMessage {
  readonly type: 'error'
  readonly id: number
  readonly error: WireError
}

/** An error as it travels. */
export interface WireError {
  /** A code of the error table, or one that the contract declares for the call. */
  readonly code: string
  readonly message: string
  /** Whether the same command may succeed later; absent means no. */
  readonly temporary?: boolean
  /** Whether the command may have been applied; absent means `notApplied`. */
  readonly outcome?: Outcome
  readonly retryAfterMs?: number
  /** For `invalidData`, what is wrong where; for a declared error, its data. */
  readonly data?: unknown
}

/** An answer to a command. */
export type Answer = ReplyMessage | ErrorMessage

/** Compile-time proof that every command but `signal` has a result, and nothing else has. */
type Expect<T extends true> = T
export type EveryCommandHasAResult = Expect<
  keyof ResultOf extends Exclude<Command['type'], 'signal'>
    ? Exclude<Command['type'], 'signal'> extends keyof ResultOf
      ? true
      : never
    : never
>
