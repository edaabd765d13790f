// What a check is: a column of the table.
import type { Ability } from '../peer.ts'
import type { Stage } from '../stage.ts'

export interface Check {
  /** The head of its column. */
  readonly name: string
  /** What it shows, for people. */
  readonly title: string
  /** What both ends must be able to do. */
  readonly needs?: readonly Ability[]
  /** Carries it out; throws if it fails. */
  run(stage: Stage): Promise<void>
}
