// The types of the registry: what an item is, and the cells that it is tested in.
import type { Chopping } from './chopping.ts'
import type { TransportName } from './host.ts'
import type { Trial } from './trial.ts'

/** One line of the checklist. */
export interface Item {
  readonly number: number
  /** The document and section, such as `6455 §5.1`. */
  readonly section: string
  /** A MUST of the RFC, a SHOULD, or a policy of ours (L). */
  readonly level: 'M' | 'S' | 'L'
  /** What holds, with our choice where the RFC leaves one. */
  readonly statement: string
  /** Whether it measures time or memory, and so runs while nothing else does. @default false */
  readonly isAlone?: boolean
  /** The items whose cells must have run before. @default none */
  readonly after?: readonly number[]
  /** Throws if the statement does not hold. */
  readonly test: (trial: Trial) => Promise<void>
}

/** Where an item is tested: over one transport, with its bytes arriving in one way. */
export interface Cell {
  readonly item: Item
  readonly transport: TransportName
  readonly chopping: Chopping
}

/** A cell in which an item has no meaning. */
export interface NotApplicable extends Cell {
  readonly reason: string
}

/** How a cell went. */
export interface Outcome extends Cell {
  /** What was expected and what came, if that was not the same. */
  readonly failure: { readonly expected: string; readonly got: string } | undefined
  readonly durationMs: number
}
