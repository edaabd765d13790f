// What can be fuzzed: how inputs are made, and what must hold of each.
import type { SeededRandom } from '../simulation/random.ts'

/** How far an execution came, such as `open message`; counted and printed, since a fuzzer that never gets far proves nothing. */
export type Depth = string

/** One thing under test. */
export interface FuzzTarget {
  readonly name: string
  /** Makes an input. All that an execution depends on is in its bytes, so that they can be replayed. */
  generate(random: SeededRandom): Uint8Array
  /** Runs an input and returns how far it came. Throws or rejects if something does not hold. */
  execute(input: Uint8Array): readonly Depth[] | Promise<readonly Depth[]>
  /** How many executions are under way at once; above 1 they are not timed, and a rejection must name its input. @default 1 */
  readonly concurrency?: number
  /** Lines for the end of the report. */
  notes?(): readonly string[]
  /** Frees what the target holds. */
  close?(): Promise<void>
}

/** What does not hold of an execution. */
export class Violation extends Error {
  override readonly name = 'Violation'
}

/** @throws {Violation} unless the condition holds. */
export function must(condition: boolean, claim: string, details: () => string = () => ''): asserts condition {
  if (condition) return
  const text = details()
  throw new Violation(text === '' ? claim : `${claim}: ${text}`)
}
