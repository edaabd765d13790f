// Runs the items, each over each codec, many at a time: none knows of another.
import { Mismatch } from '../conformance/check.ts'
import type { Item, Outcome } from './item.ts'
import { Trial } from './trial.ts'
import { CODECS, type CodecName } from './wire-codec.ts'

export interface RunOptions {
  /** The server under test, such as `ws://localhost:3000/realtime`. */
  readonly url: string
  readonly items: readonly Item[]
  /** @default both */
  readonly codecs?: readonly CodecName[]
  /** How long to wait for what must come, in milliseconds. @default 20_000 */
  readonly patienceMs?: number
}

const ITEMS_AT_ONCE = 8

/** What became of the items, in their order. */
export async function runItems({
  url,
  items,
  codecs = ['json', 'msgpack'],
  patienceMs = 20_000,
}: RunOptions): Promise<readonly Outcome[]> {
  const cells = items.flatMap((item) => codecs.map((codec) => ({ item, codec })))
  const outcomes = new Array<Outcome>(cells.length)
  const waiting = cells.entries()
  const worker = async (): Promise<void> => {
    for (const [index, { item, codec }] of waiting) {
      const trial = new Trial({ url, codec: CODECS[codec], patienceMs })
      const startedAt = performance.now()
      const failure = await failureOf(item, trial)
      outcomes[index] = { item, codec, failure, durationMs: performance.now() - startedAt }
    }
  }
  await Promise.all(Array.from({ length: ITEMS_AT_ONCE }, worker))
  return outcomes
}

/** What was wrong first: what the test says, or what arrived beside it. */
async function failureOf(item: Item, trial: Trial): Promise<Outcome['failure']> {
  const failures: unknown[] = []
  await item.test(trial).catch((error: unknown) => failures.push(error))
  try {
    trial.finish()
  } catch (error) {
    failures.push(error)
  }
  const [error] = failures
  if (error === undefined) return undefined
  if (error instanceof Mismatch) return { expected: error.expected, got: error.got }
  return {
    expected: 'no error',
    got: error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error),
  }
}
