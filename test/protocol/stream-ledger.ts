// What one client may expect of the streams it receives: no gap, no duplicate, nothing unasked (§5).
import type { Fields, Position, Publication, SubscribeResult } from './messages.ts'

interface Stream {
  /** How many subscribes have not been answered; until then publications of the old subscription may come (§5). */
  waiting: number
  /** Where the stream has got to; nothing while the room is not subscribed, or nobody can know whether it is. */
  position: Position | 'unknown' | undefined
}

/** Says what is wrong with the order of what arrives. */
export class StreamLedger {
  readonly #streams = new Map<string, Stream>()

  /** The position that a client would recover from. */
  positionOf(room: string): Position | undefined {
    const position = this.#streams.get(room)?.position
    return typeof position === 'object' ? position : undefined
  }

  asked(room: string): void {
    this.#stream(room).waiting++
  }

  answered(room: string, result: SubscribeResult): void {
    const stream = this.#stream(room)
    stream.waiting--
    stream.position = result.position
  }

  /** A refusal says nothing of the subscription before it. */
  refused(room: string): void {
    const stream = this.#stream(room)
    stream.waiting--
    stream.position = 'unknown'
  }

  ended(room: string): void {
    this.#stream(room).position = undefined
  }

  publication({ room, offset, tag }: Publication): string | undefined {
    const stream = this.#stream(room)
    const { position } = stream
    if (stream.waiting > 0 || position === 'unknown') return undefined
    if (!position) return `a publication of ${room}, which is not subscribed`
    stream.position = { epoch: position.epoch, offset, tag }
    return offset === position.offset + 1
      ? undefined
      : `offset ${offset} of ${room} after offset ${position.offset}`
  }

  signal({ room }: Fields): string | undefined {
    const { waiting, position } = this.#stream(String(room))
    return waiting > 0 || position ? undefined : `a signal of ${String(room)}, which is not subscribed`
  }

  #stream(room: string): Stream {
    let stream = this.#streams.get(room)
    if (!stream) {
      stream = { waiting: 0, position: undefined }
      this.#streams.set(room, stream)
    }
    return stream
  }
}
