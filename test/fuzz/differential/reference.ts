// Which faults the first faulty frame of a stream has, found by looking at the finished stream and not as it comes. Where
// a frame has several, an endpoint may name any of them.
import { mayBeSent, readFrames, type ReadFrame } from '../read-frames.ts'
import { MAX_MESSAGE_BYTES } from './verdict.ts'

/** What is wrong with a frame of a client, and the codes that say so. */
export interface Faults {
  readonly names: ReadonlySet<string>
  readonly codes: ReadonlySet<number>
  /** Whether the stream has the whole frame. */
  readonly isWhole: boolean
  /** The messages that were complete before it. */
  readonly messagesBefore: number
}

const CODES: Readonly<Record<string, number>> = {
  'reserved bits': 1002,
  'reserved opcode': 1002,
  unmasked: 1002,
  'length not minimal': 1002,
  'length negative': 1002,
  'malformed control frame': 1002,
  'out of order': 1002,
  'close payload': 1002,
  'close reason': 1007,
  'text not UTF-8': 1007,
  'too big': 1009,
}

/** The faults of the first faulty frame; undefined if there is none before the first Close or the end. */
export function findFaults(stream: Uint8Array): Faults | undefined {
  let messagesBefore = 0
  let open: { isText: boolean; bytes: Buffer } | undefined
  for (const { frame, isWhole } of readStarted(stream)) {
    const names = new Set(faultsOfHead(frame, open !== undefined))
    // However wrong a frame is otherwise, it may also be too long for what is left of the open message.
    const totalBytes = BigInt(open?.bytes.length ?? 0) + frame.declaredBytes
    if (totalBytes > BigInt(MAX_MESSAGE_BYTES)) names.add('too big')
    if (frame.opcode < 8 && names.size === 0) {
      open ??= { isText: frame.opcode === 1, bytes: Buffer.alloc(0) }
      open.bytes = Buffer.concat([open.bytes, frame.payload])
      const isEnd = frame.isFinal && isWhole
      if (open.isText && !isUtf8(open.bytes, isEnd)) names.add('text not UTF-8')
      if (names.size === 0 && isEnd) {
        open = undefined
        messagesBefore++
      }
    }
    if (frame.opcode === 8 && isWhole) for (const name of faultsOfClose(frame.payload)) names.add(name)
    if (names.size > 0) {
      const codes = new Set([...names].map((name) => CODES[name]!))
      return { names, codes, isWhole, messagesBefore }
    }
    if (frame.opcode === 8) return undefined
  }
  return undefined
}

/** The frames, and the last one also if only its first two bytes are there: they can be wrong already. */
function* readStarted(stream: Uint8Array): Iterable<{ frame: ReadFrame; isWhole: boolean }> {
  const frames = readFrames(stream)
  for (const frame of frames) yield { frame, isWhole: isWhole(frame) }
  const last = frames.at(-1)
  if (last !== undefined && !isWhole(last)) return
  const headBytes = last === undefined ? 0 : lengthOfHead(last)
  const offset = last === undefined ? 0 : last.offset + headBytes + last.payload.length
  const [first, second] = stream.subarray(offset)
  if (first === undefined || second === undefined) return
  // With as many bytes more as a header has. What they say of the length counts only if they are no filling.
  const padded = readFrames(Buffer.concat([stream.subarray(offset), Buffer.alloc(14)]))[0]!
  const short = second & 0x7f
  const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8
  const isLengthThere = stream.length - offset >= 2 + lengthBytes
  const said = isLengthThere ? {} : { isMinimal: true, declaredBytes: BigInt(short) }
  yield { frame: { ...padded, ...said, payload: Buffer.alloc(0) }, isWhole: false }
}

function lengthOfHead({ declaredBytes, isMinimal, isMasked }: ReadFrame): number {
  // Only asked of whole frames without a fault, whose lengths are minimal.
  return isMinimal ? 2 + (declaredBytes < 126n ? 0 : declaredBytes < 65_536n ? 2 : 8) + (isMasked ? 4 : 0) : 0
}

function isWhole({ declaredBytes, payload }: ReadFrame): boolean {
  return BigInt(payload.length) === declaredBytes
}

function* faultsOfHead(frame: ReadFrame, isOpen: boolean): Iterable<string> {
  const { opcode, rsv, isFinal, declaredBytes } = frame
  if (rsv !== 0) yield 'reserved bits'
  if (![0, 1, 2, 8, 9, 10].includes(opcode)) yield 'reserved opcode'
  if (!frame.isMasked) yield 'unmasked'
  if (!frame.isMinimal) yield 'length not minimal'
  if (declaredBytes >= 2n ** 63n) yield 'length negative'
  if (opcode >= 8 && (!isFinal || declaredBytes > 125n)) yield 'malformed control frame'
  if (opcode < 3 && (opcode === 0) !== isOpen) yield 'out of order'
  if (opcode === 8 && declaredBytes === 1n) yield 'close payload'
}

function* faultsOfClose(payload: Buffer): Iterable<string> {
  if (payload.length === 0) return
  if (payload.length === 1) return
  if (!mayBeSent(payload.readUInt16BE(0))) yield 'close payload'
  if (!isUtf8(payload.subarray(2), true)) yield 'close reason'
}

/** Whether bytes are UTF-8, or if they may go on, the beginning of some. */
function isUtf8(bytes: Uint8Array, isEnd: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isEnd })
    return true
  } catch {
    return false
  }
}
