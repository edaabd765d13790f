// What an implementation made of a stream of bytes, in terms that can be compared.

export interface Verdict {
  /** The messages that it delivered, in order: `t` or `b` and the data in hexadecimal digits. */
  readonly messages: readonly string[]
  /**
   * `open`: it waits for more. `closed` and a code: the peer's Close was accepted (1005 if it had no code). `failed` and
   * a code: it refused what came.
   */
  readonly end: string
}

/** Somebody who judges streams that a client sends after the handshake, without extensions. */
export interface Judge {
  readonly name: string
  judge(stream: Uint8Array): Promise<Verdict>
  close(): Promise<void>
}

/** The longest message that every judge is told to accept. */
export const MAX_MESSAGE_BYTES = 100_000

export function isSameVerdict(one: Verdict, other: Verdict): boolean {
  return one.end === other.end && isSameList(one.messages, other.messages)
}

export function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index])
}
