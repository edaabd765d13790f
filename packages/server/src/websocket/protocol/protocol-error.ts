// Everything a peer or an endpoint can do wrong on an open connection, as values: nothing here is ever thrown.

/** Why a connection was failed. `message` goes to the peer as the reason, so it never holds internal details. */
export interface WebSocketProtocolError {
  /** Stable, for logs and metrics. */
  readonly code: `WS_${string}`
  /** The code of the Close frame that tells the peer. */
  readonly closeCode: number
  readonly message: string
}

/** The table of protocol errors. Messages stay below the 123 bytes of a close reason. */
export const protocolErrors = {
  reservedBits: {
    code: 'WS_RESERVED_BITS',
    closeCode: 1002,
    message: 'reserved bits are set without an extension (RFC 6455 5.2)',
  },
  misplacedCompression: {
    code: 'WS_MISPLACED_COMPRESSION',
    closeCode: 1002,
    message: 'only the first frame of a message says that it is compressed (RFC 7692 6.1)',
  },
  reservedOpcode: {
    code: 'WS_RESERVED_OPCODE',
    closeCode: 1002,
    message: 'reserved opcode (RFC 6455 5.2)',
  },
  unmasked: {
    code: 'WS_UNMASKED',
    closeCode: 1002,
    message: 'a frame from a client is not masked (RFC 6455 5.1)',
  },
  masked: {
    code: 'WS_MASKED',
    closeCode: 1002,
    message: 'a frame from a server is masked (RFC 6455 5.1)',
  },
  lengthNotMinimal: {
    code: 'WS_LENGTH_NOT_MINIMAL',
    closeCode: 1002,
    message: 'the length is not encoded in the fewest bytes (RFC 6455 5.2)',
  },
  lengthNegative: {
    code: 'WS_LENGTH_NEGATIVE',
    closeCode: 1002,
    message: 'the most significant bit of the length is set (RFC 6455 5.2)',
  },
  controlTooLong: {
    code: 'WS_CONTROL_TOO_LONG',
    closeCode: 1002,
    message: 'a control frame is longer than 125 bytes (RFC 6455 5.5)',
  },
  controlFragmented: {
    code: 'WS_CONTROL_FRAGMENTED',
    closeCode: 1002,
    message: 'a control frame is fragmented (RFC 6455 5.5)',
  },
  nothingToContinue: {
    code: 'WS_NOTHING_TO_CONTINUE',
    closeCode: 1002,
    message: 'a continuation frame without a message to continue (RFC 6455 5.4)',
  },
  messageInterrupted: {
    code: 'WS_MESSAGE_INTERRUPTED',
    closeCode: 1002,
    message: 'a new message inside a fragmented one (RFC 6455 5.4)',
  },
  closePayload: {
    code: 'WS_CLOSE_PAYLOAD',
    closeCode: 1002,
    message: 'a close frame with half a status code (RFC 6455 5.5.1)',
  },
  closeCode: {
    code: 'WS_CLOSE_CODE',
    closeCode: 1002,
    message: 'a status code that must not be sent (RFC 6455 7.4)',
  },
  invalidText: {
    code: 'WS_INVALID_TEXT',
    closeCode: 1007,
    message: 'text that is not UTF-8 (RFC 6455 8.1)',
  },
  invalidCompression: {
    code: 'WS_INVALID_COMPRESSION',
    closeCode: 1007,
    message: 'a compressed message that cannot be inflated (RFC 7692 7.2.2)',
  },
  messageTooBig: {
    code: 'WS_MESSAGE_TOO_BIG',
    closeCode: 1009,
    message: 'the message is too big',
  },
  inflatedTooMuch: {
    code: 'WS_INFLATED_TOO_MUCH',
    closeCode: 1009,
    message: 'the message is suspiciously small for what it inflates to',
  },
  tooManyFragments: {
    code: 'WS_TOO_MANY_FRAGMENTS',
    closeCode: 1008,
    message: 'the message has too many fragments',
  },
  messageTimeout: {
    code: 'WS_MESSAGE_TIMEOUT',
    closeCode: 1008,
    message: 'the message took too long to arrive',
  },
  tooManyControlFrames: {
    code: 'WS_TOO_MANY_CONTROL_FRAMES',
    closeCode: 1008,
    message: 'too many control frames',
  },
  tooManyMessages: {
    code: 'WS_TOO_MANY_MESSAGES',
    closeCode: 1008,
    message: 'too many messages',
  },
  tooManyBytes: {
    code: 'WS_TOO_MANY_BYTES',
    closeCode: 1008,
    message: 'too many bytes',
  },
  tooMuchBuffered: {
    code: 'WS_TOO_MUCH_BUFFERED',
    // Not 1008, which tells a client to stay away: it may come back and read more.
    closeCode: 1013,
    message: 'messages are not read fast enough',
  },
  internal: {
    code: 'WS_INTERNAL',
    closeCode: 1011,
    message: 'internal error',
  },
} as const satisfies Readonly<Record<string, WebSocketProtocolError>>
