// Why the server ended a subscription. As with close codes, the range says what to do.

/** Codes of the `unsubscribed` push: below 2500 the client subscribes again, from 2500 on it does not. */
export const UNSUBSCRIBE_CODES = {
  /** The instance could not prove that its stream of this room is whole; the client recovers by subscribing again. */
  insufficientState: 2000,
  /** The broker cannot serve the room now. */
  unavailable: 2001,
  /** Only a part of what was missed has been replayed; the client asks for the rest from where that ends. */
  moreToReplay: 2002,

  /** The server ended the subscription. */
  unsubscribed: 2500,
  /** The session may no longer be in this room. */
  forbidden: 2501,
} as const

/** The name of an unsubscribe code. */
export type UnsubscribeCodeName = keyof typeof UNSUBSCRIBE_CODES

/** Whether a client subscribes again after an `unsubscribed` push with this code. */
export function shouldResubscribe(code: number): boolean {
  return code < 2500
}
