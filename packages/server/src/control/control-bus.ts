// The seam by which what the application orders is carried out on every instance: clients may be anywhere.

/** Which sessions are meant; every condition that is given must hold. */
export interface SessionFilter {
  readonly sessionId?: string | undefined
  readonly clientId?: string | undefined
  /** All sessions of a user. */
  readonly userId?: string | undefined
  /** Those that are subscribed to this room. */
  readonly room?: string | undefined
}

/** A session, as its instance tells of it. */
export interface SessionSummary {
  readonly id: string
  readonly userId: string
  readonly clientId: string
  /** The names of the rooms that it is subscribed to. */
  readonly rooms: readonly string[]
}

/** A room, as one instance tells of it. */
export interface RoomSummary {
  readonly name: string
  /** Its channel. */
  readonly pattern: string
  /** How many sessions are subscribed to it. */
  readonly subscribers: number
}

/** Some of them, and how many there are. */
export interface Listing<Item> {
  readonly total: number
  readonly items: readonly Item[]
}

/** What every instance is to do. */
export type ControlOrder =
  | {
      readonly kind: 'disconnect'
      readonly filter: SessionFilter
      readonly code: number
      readonly reason: string
    }
  | { readonly kind: 'unsubscribe'; readonly filter: SessionFilter; readonly room: string }
  | { readonly kind: 'listSessions'; readonly filter: SessionFilter; readonly limit: number }
  | { readonly kind: 'listRooms'; readonly pattern: string | undefined; readonly limit: number }

/** What an instance answers: how many sessions it concerned, or what was asked for. JSON, since it may travel. */
export interface ControlAnswers {
  readonly disconnect: number
  readonly unsubscribe: number
  readonly listSessions: Listing<SessionSummary>
  readonly listRooms: Listing<RoomSummary>
}

/** The answer to one order. */
export type AnswerTo<Order extends ControlOrder> = ControlAnswers[Order['kind']]

/** Carries orders out on this instance. Does not throw. */
export interface ControlHandler {
  carryOut<Order extends ControlOrder>(order: Order): AnswerTo<Order>
}

/** What came back. */
export interface ControlReport<Answer> {
  /** One from each instance that could be reached. */
  readonly answers: readonly Answer[]
  /** The instances that are known and did not answer in time: the order may or may not have been carried out there. */
  readonly missing: readonly string[]
}

/**
 * Guarantees of every implementation, held by the contract suite (`control-bus-contract.ts`):
 *
 * - An order is carried out at most once by each instance, this one among them, and by those that are reached before `order` resolves.
 * - Orders of one instance are carried out everywhere in the order in which they were given.
 * - `order` never waits for ever, and rejects with a `RoomcastError` only if nobody could be told.
 */
export interface ControlBus {
  /** Names who carries orders out here. Called once, before anything else. */
  start(handler: ControlHandler): void
  order<Order extends ControlOrder>(order: Order): Promise<ControlReport<AnswerTo<Order>>>
  /** Releases everything. Orders after it reject with `unavailable`. */
  close(): Promise<void>
}
