// The types of the registry: what an item is, and how it went.
import type { Trial } from './trial.ts'
import type { CodecName } from './wire-codec.ts'

/** One thing that PROTOCOL.md says and a client can see. */
export interface Item {
  /** The section of PROTOCOL.md and a number in it, such as `5.3`. */
  readonly id: string
  /** What holds. */
  readonly statement: string
  /** Throws if it does not. */
  readonly test: (trial: Trial) => Promise<void>
}

/** How an item went over one codec. */
export interface Outcome {
  readonly item: Item
  readonly codec: CodecName
  /** What was expected and what came, if that was not the same. */
  readonly failure: { readonly expected: string; readonly got: string } | undefined
  readonly durationMs: number
}

/** The section of an item: `5` for `5.3`. */
export const sectionOf = ({ id }: Item): string => id.split('.')[0]!

/** Whether a list such as `3.2,5` names an item: by its id, or with all others of its section. */
export const isNamedBy =
  (list: string) =>
  (item: Item): boolean =>
    list.split(',').some((name) => name === item.id || name === sectionOf(item))
