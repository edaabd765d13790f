// What a micro-benchmark is.

/** Does the work of a case once. What it returns is awaited. */
export type Run = () => void | Promise<void>

/** One thing that is measured. */
export interface MicroCase {
  /** Unique within its subject. */
  readonly name: string
  /** What one unit of work is, in the singular: "message". */
  readonly unit: string
  /** How many units one run does. */
  readonly units: number
  /** Makes what the run needs; not measured. @throws {MissingFeature} if the sources under test cannot do it. */
  prepare(): Run | Promise<Run>
}

/** The sources under test are older than what is measured. */
export class MissingFeature extends Error {
  override readonly name = 'MissingFeature'
}

/** @throws {MissingFeature} if an object of the sources under test has no such method. */
export function needMethod<Subject extends object>(subject: Subject, method: keyof Subject & string): void {
  if (typeof subject[method] !== 'function') throw new MissingFeature(`There is no ${method}().`)
}

/** @throws {Error} saying what went wrong if a run did not do what it should. Cheap enough to be in the run. */
export function expectCount(what: string, actual: number, expected: number): void {
  if (actual !== expected) throw new Error(`${what}: ${actual} instead of ${expected}.`)
}
