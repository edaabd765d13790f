// Durations that an application gives.
import { describeValue } from './check-names.ts'

const MAX_DURATION_MS = 24 * 60 * 60 * 1000

/**
 * @param subject Whose option it is, for the message.
 * @throws {TypeError} for what is not a number of milliseconds from 0 to a day.
 */
export function assertDuration(subject: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && value <= MAX_DURATION_MS) return
  throw new TypeError(
    `${subject}: \`${name}\` is a number of milliseconds, up to a day, not ${describeValue(value)}.`,
  )
}
