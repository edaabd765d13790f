// Why a command failed. One table for both ends; docs/reference/errors.md is held to it by a test.

/** What is known of an error code. */
export interface ErrorCodeEntry {
  /** Whether the same command may succeed later, unchanged. */
  readonly temporary: boolean
  /** Who raises it: the server in an error reply, or the SDK without asking the server. */
  readonly raisedBy: 'server' | 'client'
  /** What it means, as a sentence for the developer who reads it. */
  readonly message: string
}

const server = (message: string, temporary = false): ErrorCodeEntry => ({
  temporary,
  raisedBy: 'server',
  message,
})
const client = (message: string, temporary = false): ErrorCodeEntry => ({
  temporary,
  raisedBy: 'client',
  message,
})

/** Every error code of the protocol and the SDK. The names are reserved: a contract may not declare them. */
export const ERROR_CODES = {
  invalidCommand: server('The command lacks a field or has one of the wrong type.'),
  unknownCommand: server('The server does not know a command of this type.'),
  unknownRoom: server('No channel of the contract matches this room, or its parameters are not valid.'),
  unknownEvent: server('The channel does not declare this event or signal.'),
  unknownCall: server('The channel does not declare this call, or the server does not handle it.'),
  invalidData: server("The data does not satisfy the contract's schema."),
  forbidden: server('The session may not do this.'),
  notSubscribed: server('The session is not subscribed to this room.'),
  notSupported: server('The channel does not declare this feature.'),
  notEntered: server('The client is not present in this room.'),
  limitExceeded: server('The session has reached a limit of the server.'),
  rateLimited: server('The session sends commands too fast.', true),
  unavailable: server('The server cannot serve this now.', true),
  internal: server('The server failed while it handled the command.'),

  timeout: client('The server did not answer in time.', true),
  outcomeUnknown: client(
    'The connection was lost after the command was sent; it may or may not have been applied.',
  ),
  disconnected: client('The client is not connected.', true),
  queueFull: client('The queue of commands that wait for a connection is full.', true),
  payloadTooLarge: client('The message is larger than the server accepts.'),
  overflow: client('An iterator was read more slowly than items arrived, and its buffer is full.'),
  closed: client('The connection was closed for good; the code of the close says why.'),
} as const satisfies Record<string, ErrorCodeEntry>

/** A code of {@link ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES

/** Whether a code is one of ours, as opposed to one that a contract declares for a call. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code)
}
