// Who is in a room, and how that changes.

/** A place among the presence changes of a room, which are a stream of their own. */
export interface PresencePosition {
  readonly epoch: string
  readonly offset: number
}

/** One entry of a room's presence. */
export interface Member {
  readonly clientId: string
  readonly userId: string
  readonly data: unknown
}

/** One change of a room's presence. */
export type PresenceChange =
  | { readonly kind: 'enter' | 'update'; readonly member: Member }
  | { readonly kind: 'leave'; readonly clientId: string }
