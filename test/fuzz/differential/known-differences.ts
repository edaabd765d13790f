// Where the others differ from us, and the sentence that makes us right. A disagreement that is not in this list is a
// finding.
import type { Faults } from './reference.ts'
import { isSameList, type Verdict } from './verdict.ts'

export interface Disagreement {
  readonly judge: string
  readonly ours: Verdict
  readonly theirs: Verdict
  /** What is wrong with the first faulty frame of the stream. */
  readonly faults: Faults | undefined
  /** Whether a Close frame comes inside of a fragmented message. */
  readonly hasCloseInMessage: boolean
}

export interface KnownDifference {
  readonly name: string
  /** Why ours is right. */
  readonly because: string
  readonly covers: (disagreement: Disagreement) => boolean
}

/** Whether all that we delivered, they delivered first. */
function theyWentFurther({ ours, theirs }: Disagreement): boolean {
  return isSameList(ours.messages, theirs.messages.slice(0, ours.messages.length))
}

/** Whether we refused a stream that has such a fault, with a code for it, after the messages before it. */
function weRefused({ ours, faults }: Disagreement, fault: string, code: number): boolean {
  return (
    faults !== undefined &&
    faults.names.has(fault) &&
    ours.end === `failed ${code}` &&
    ours.messages.length === faults.messagesBefore
  )
}

function refusesFor({ codes }: Faults, end: string): boolean {
  return end.startsWith('failed ') && codes.has(Number(end.slice('failed '.length)))
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    name: 'lengths that are not minimal',
    because:
      'RFC 6455 §5.2: "in all cases, the minimal number of bytes MUST be used to encode the length". ws and websockets read on.',
    covers: (it) => weRefused(it, 'length not minimal', 1002) && theyWentFurther(it),
  },
  {
    name: 'lengths with the most significant bit set',
    because:
      'RFC 6455 §5.2: "the most significant bit MUST be 0", so it is malformed (1002), not too big (1009).',
    covers: (it) => weRefused(it, 'length negative', 1002) && it.theirs.end === 'failed 1009',
  },
  {
    name: 'a text that cannot become UTF-8 is refused before it ends',
    because:
      'RFC 6455 §8.1: an endpoint that finds text "is not, in fact, a valid UTF-8 stream [...] MUST _Fail the WebSocket Connection_". ws looks when the message is complete, websockets when the frame is.',
    covers: (it) => weRefused(it, 'text not UTF-8', 1007) && theyWentFurther(it),
  },
  {
    name: 'a frame that cannot become valid is refused before it is complete',
    because:
      'RFC 6455 §7.1.7 lets an endpoint fail the connection as soon as it knows, and does not say when that is. websockets looks at reserved bits and control frames once their payload is there; ours at the order of fragments once the header is, ws two bytes earlier.',
    covers: ({ ours, theirs, faults }) => {
      if (faults === undefined || faults.isWhole || !isSameList(ours.messages, theirs.messages)) return false
      const ends = [ours.end, theirs.end].filter((end) => end !== 'open')
      return ends.length === 1 && refusesFor(faults, ends[0]!)
    },
  },
  {
    name: 'several faults in one frame',
    because: 'RFC 6455 does not say which to name. Ours are told in the order in which the bytes come.',
    covers: ({ ours, theirs, faults }) =>
      faults !== undefined &&
      faults.codes.size > 1 &&
      [ours, theirs].every(({ end }) => refusesFor(faults, end)) &&
      isSameList(ours.messages, theirs.messages),
  },
  {
    name: 'a Close inside of a fragmented message',
    because:
      'RFC 6455 §5.4: "Control frames [...] MAY be injected in the middle of a fragmented message". websockets 10 fails with 1002.',
    covers: (it) =>
      it.judge.startsWith('websockets') &&
      it.hasCloseInMessage &&
      it.ours.end.startsWith('closed') &&
      it.theirs.end === 'failed 1002' &&
      isSameList(it.ours.messages, it.theirs.messages),
  },
]
