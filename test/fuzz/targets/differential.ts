// The same bytes for our protocol machine, for `ws` and for Python's websockets: the same messages, and the same end with
// the same code, but for the known differences.
import { findFaults } from '../differential/reference.ts'
import { KNOWN_DIFFERENCES, type Disagreement } from '../differential/known-differences.ts'
import { ownJudge } from '../differential/own-judge.ts'
import { startPythonJudge } from '../differential/python-judge.ts'
import { isSameVerdict, type Judge, type Verdict } from '../differential/verdict.ts'
import { wsJudge } from '../differential/ws-judge.ts'
import { writeStream } from '../grammar/frames.ts'
import { readFrames } from '../read-frames.ts'
import { Violation, type Depth, type FuzzTarget } from '../target.ts'

/** A target, since judges are processes that must be ended. */
export async function openDifferentialTarget(): Promise<FuzzTarget> {
  const python = await startPythonJudge()
  const judges = python === undefined ? [wsJudge] : [wsJudge, python]
  const counts = new Map<string, number>()
  return {
    name: 'differential',
    concurrency: 16,
    generate: (random) => writeStream(random, { isMasked: true, allowsCompression: false }).bytes,
    async execute(input) {
      const ours = await ownJudge.judge(input)
      const lists = await Promise.all(judges.map((judge) => compare(judge, ours, input, counts)))
      return [...lists.flat(), `ours: ${ours.end}`, ...(ours.messages.length > 0 ? ['messages'] : [])]
    },
    notes: () => [
      `judges: ${judges.map(({ name }) => name).join(', ')}`,
      ...(python === undefined
        ? ["Python's websockets is not installed (python3-websockets) and was not asked"]
        : []),
      ...[...counts].map(([name, count]) => `${name}: ${count}`),
    ],
    close: async () => void (await Promise.all(judges.map((judge) => judge.close()))),
  }
}

async function compare(
  judge: Judge,
  ours: Verdict,
  input: Uint8Array,
  counts: Map<string, number>,
): Promise<Depth[]> {
  const theirs = await judge.judge(input)
  if (isSameVerdict(ours, theirs)) return [`${judge.name} agrees`]
  const disagreement: Disagreement = {
    judge: judge.name,
    ours,
    theirs,
    faults: findFaults(input),
    hasCloseInMessage: hasCloseInMessage(input),
  }
  const known = KNOWN_DIFFERENCES.find(({ covers }) => covers(disagreement))
  if (known === undefined) {
    const faults = [...(disagreement.faults?.names ?? ['none found'])].join(', ')
    throw new Violation(`${judge.name}: ${say(theirs)}; ours: ${say(ours)}; faults: ${faults}`)
  }
  const name = `${judge.name} differs: ${known.name}`
  counts.set(name, (counts.get(name) ?? 0) + 1)
  return [`${judge.name} differs as known`]
}

function say({ messages, end }: Verdict): string {
  return `${messages.length} messages, ${end}`
}

function hasCloseInMessage(input: Uint8Array): boolean {
  let isOpen = false
  for (const { opcode, isFinal } of readFrames(input)) {
    if (opcode === 8) return isOpen
    if (opcode < 3) isOpen = !isFinal
  }
  return false
}
