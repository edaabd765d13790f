// Why a connection was closed. The range of a code carries the retry policy, so a client compares and keeps no list.

/**
 * Close codes that Roomcast sends.
 *
 * 4000–4249 and 4500–4749 are Roomcast's; 4250–4499 and 4750–4999 belong to applications with the same meaning:
 * below 4500 a client connects again, from 4500 on it does not.
 */
export const CLOSE_CODES = {
  /** The client did not send `connect` in time. */
  connectTimeout: 4000,
  /** The client sent commands faster than its rate bucket refills. */
  rateLimited: 4001,
  /** The client did not read what it subscribed to. */
  slowConsumer: 4002,
  /** The client (never the server) heard nothing for longer than the heartbeat allows. */
  heartbeatTimeout: 4003,

  /** A message could not be decoded, or is not a message of this protocol. */
  malformedMessage: 4500,
  /** None of the offered `roomcast.*` subprotocols is known here. */
  unsupportedProtocol: 4501,
  /** The first message was not a well-formed `connect`, or `connect` was sent twice. */
  connectExpected: 4502,
  /** `authenticate` refused the client. */
  unauthorized: 4503,
  /** Client and server run versions of the contract that do not fit together. */
  contractIncompatible: 4504,
  /** The same client connected again; this is its old connection. */
  replaced: 4505,
  /** The server ended the session. */
  disconnected: 4506,
} as const

/** The name of a close code that Roomcast sends. */
export type CloseCodeName = keyof typeof CLOSE_CODES

/** Codes of RFC 6455 §7.4.1 and its registry after which connecting again cannot help. */
const TERMINAL_RFC_CODES: readonly number[] = [1002, 1003, 1007, 1008, 1009]

/**
 * Whether a client connects again after a connection was closed with this code.
 *
 * @example
 * shouldReconnect(1006) // true: the connection was lost
 * shouldReconnect(4503) // false: the token was refused
 */
export function shouldReconnect(code: number): boolean {
  return code < 4500 && !TERMINAL_RFC_CODES.includes(code)
}
