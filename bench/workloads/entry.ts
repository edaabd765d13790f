// A row of a workload's table: which subject, and what is special about it there.
import type { SubjectName } from './subjects.ts'

/** One row of a table. */
export interface Entry {
  readonly subject: SubjectName
  /** Tells rows of one subject apart. @default the name of the subject */
  readonly key?: string
  /** @default the label of the subject */
  readonly label?: string
  /** Arguments of the subject's program. */
  readonly flags?: readonly string[]
  /** Whether clients offer permessage-deflate; `noTakeover` asks the server to keep no context. @default 'none' */
  readonly deflate?: 'none' | 'offered' | 'noTakeover'
  /** What this subject does more or less of than others here. */
  readonly note?: string
}

/** The key of an entry's row. */
export const keyOf = ({ key, subject }: Entry): string => key ?? subject
