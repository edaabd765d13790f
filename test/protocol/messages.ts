// What travels, written down from PROTOCOL.md and from nothing else.

/** Any object. */
export type Fields = Readonly<Record<string, unknown>>

/** A place in a stream (§3). */
export interface Position {
  readonly epoch: string
  readonly offset: number
  readonly tag: number
}

/** The answer to `connect` (§4). */
export interface ConnectResult {
  readonly sessionId: string
  readonly clientId: string
  readonly secret: string
  readonly userId: string
  readonly contract: 'same' | 'accepted'
  readonly contractHash: string
  readonly limits: {
    readonly maxMessageBytes: number
    readonly maxSubscriptions: number
    readonly maxOutstandingCommands: number
  }
  readonly heartbeatMs: number
  readonly dedupeWindowMs: number
}

/** The answer to `subscribe` (§5). */
export interface SubscribeResult {
  readonly position: Position
  readonly replay: number
  readonly recovered?: boolean
  readonly reason?: string
  readonly channel: {
    readonly history: { readonly maxItems: number; readonly ttlMs: number } | null
    readonly presence: boolean
  }
}

/** One item of a stream (§5). */
export interface Publication {
  readonly type: 'publication'
  readonly room: string
  readonly id: string
  readonly event: string
  readonly offset: number
  readonly tag: number
  readonly from?: { readonly userId: string; readonly clientId: string }
  readonly time: number
  readonly data: unknown
}

/** Who is in a room (§7). */
export interface Member {
  readonly clientId: string
  readonly userId: string
  readonly data: unknown
}

/** The answer to `presenceWatch` (§7). */
export interface PresenceResult {
  readonly members: readonly Member[]
  readonly position: { readonly epoch: string; readonly offset: number }
}

/** A change of presence (§7). */
export interface PresencePush {
  readonly type: 'presence'
  readonly room: string
  readonly position: { readonly epoch: string; readonly offset: number }
  readonly change:
    | { readonly kind: 'enter' | 'update'; readonly member: Member }
    | { readonly kind: 'leave'; readonly clientId: string }
}

/** The error of an answer (§3). */
export interface WireError {
  readonly code: string
  readonly message: string
  readonly temporary?: boolean
  readonly outcome?: string
  readonly retryAfterMs?: number
  readonly data?: unknown
}

/** The answer to a command (§3). */
export type Answer =
  | { readonly type: 'reply'; readonly id: number; readonly result: Fields }
  | { readonly type: 'error'; readonly id: number; readonly error: WireError }
