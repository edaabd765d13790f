// What a client is asked to do and what it says happened: plain data, so that Python and browsers can be asked too.
// Every client carries the work out itself, and compares what comes back with what it sent.

/** A message, described rather than spelled out: `times` copies of `unit`, which is text, or bytes in hex. */
export interface MessageSpec {
  readonly type: 'text' | 'binary'
  readonly unit: string
  readonly times: number
  /** Into how many frames of about equal length the sender cuts it, if it can be told to. */
  readonly fragments?: number
}

/** One connection from its handshake to its end. */
export interface Task {
  readonly url: string
  /** The subprotocols to offer. */
  readonly protocols: readonly string[]
  /** Whether to offer permessage-deflate. Browsers always do. */
  readonly deflate: boolean
  /** Sent one after the other without waiting; each must come back, in order. */
  readonly messages: readonly MessageSpec[]
  /** Whether to send a ping before the messages and to wait for its pong. */
  readonly ping: boolean
  /** How long to say nothing before closing, in milliseconds. Only ws does. @default 0 */
  readonly idleMs?: number
  /** How to close once everything is back. Without it, the server closes. */
  readonly close?: { readonly code: number; readonly reason: string }
}

/** What a client saw. */
export interface Outcome {
  readonly subprotocol: string
  /** The extensions agreed on; empty if none, undefined if the client cannot tell. */
  readonly extensions?: string
  /** How many messages came back just as they were sent. */
  readonly echoed: number
  /** What came back wrong first. */
  readonly mismatch?: string
  /** The first message that came, if it was a short text. */
  readonly firstText?: string
  readonly closed: { readonly code: number; readonly reason: string }
}

/** The message itself. */
export function buildMessage({ type, unit, times }: MessageSpec): string | Buffer {
  if (type === 'text') return unit.repeat(times)
  const bytes = Buffer.from(unit, 'hex')
  return Buffer.concat(Array.from({ length: times }, () => bytes))
}

/** A message in parts of about equal length, as many as the spec says. */
export function cutMessage(spec: MessageSpec): readonly Buffer[] {
  const bytes = Buffer.from(buildMessage(spec))
  const count = spec.fragments ?? 1
  const length = Math.ceil(bytes.length / count)
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * length, (index + 1) * length))
}

/** Compares what comes back with what was sent. For clients in this process. */
export class EchoLedger {
  readonly #expected: readonly (string | Buffer)[]
  #echoed = 0
  #mismatch: string | undefined
  #firstText: string | undefined

  constructor(messages: readonly MessageSpec[]) {
    this.#expected = messages.map(buildMessage)
  }

  /** The messages to send. */
  get messages(): readonly (string | Buffer)[] {
    return this.#expected
  }

  /** Whether all are back. */
  get isComplete(): boolean {
    return this.#echoed === this.#expected.length
  }

  /** Takes what came; returns whether it was the last. */
  take(message: string | Uint8Array): boolean {
    const isText = typeof message === 'string'
    this.#firstText ??= isText ? message.slice(0, 1000) : ''
    const expected = this.#expected[this.#echoed]
    const isEqual = isText
      ? message === expected
      : expected !== undefined && typeof expected !== 'string' && expected.equals(message)
    if (isEqual) this.#echoed++
    else
      this.#mismatch ??= `message ${this.#echoed} came back as ${isText ? 'text' : 'bytes'} of ${message.length}`
    return isEqual && this.isComplete
  }

  /** The outcome, but for what only the connection knows. */
  get result(): Pick<Outcome, 'echoed' | 'mismatch' | 'firstText'> {
    return {
      echoed: this.#echoed,
      ...(this.#mismatch === undefined ? {} : { mismatch: this.#mismatch }),
      ...(this.#firstText === undefined ? {} : { firstText: this.#firstText }),
    }
  }
}
