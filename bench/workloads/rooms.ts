// What the workloads with rooms have in common.
import type { MetricName } from '../report/metrics.ts'
import { ROOM_NOTES } from './notes.ts'
import { SUBJECT_NAMES, type SubjectName } from './subjects.ts'
import type { Entry } from './entry.ts'

/** The columns of workloads that publish. */
export const FANOUT_METRICS: readonly MetricName[] = [
  'cpuUsPerDelivery',
  'deliveriesPerSecond',
  'deliveredShare',
  'bytesPerDelivery',
  'generatorShare',
]

/** A row for each subject that has rooms, but for those left out. */
export function roomEntries(...without: readonly SubjectName[]): Entry[] {
  return SUBJECT_NAMES.filter((subject) => !without.includes(subject)).map(withNote)
}

function withNote(subject: SubjectName): Entry {
  const note = ROOM_NOTES[subject]
  return note === undefined ? { subject } : { subject, note }
}
