// One attack of the list: what is done to the server, and what bound it must keep.
import type { Stage } from './stage.ts'

/** How an attack came out. */
export interface Measured {
  /** What was sent. */
  readonly sent: string
  /** What must hold, in words. */
  readonly bound: string
  /** What was found, in the same unit. */
  readonly measured: string
  readonly holds: boolean
}

export interface AttackCase {
  /** The number of the class, such as `A10`, for several measurements with a letter: `A10b`. */
  readonly id: string
  readonly name: string
  run(stage: Stage): Promise<Measured>
}

/** The outcome of a list of checks that are all or nothing; the measurement says how many held, or which did not. */
export function allHold(sent: string, bound: string, checks: Readonly<Record<string, boolean>>): Measured {
  const failed = Object.keys(checks).filter((name) => !checks[name])
  const count = Object.keys(checks).length
  const measured = failed.length === 0 ? `${count} of ${count}` : `not: ${failed.join('; ')}`
  return { sent, bound, measured, holds: failed.length === 0 && count > 0 }
}

export function kibibytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(0)} KiB`
}

export function milliseconds(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 0)} ms`
}
