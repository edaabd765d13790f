// A logger that keeps what was said, for tests that expect a line or none.
import type { Logger } from '../logger.ts'

/** One line. */
export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
  readonly fields: object
}

/** Keeps every line. */
export class RecordingLogger implements Logger {
  readonly entries: LogEntry[] = []

  /** The messages of one level. */
  messages(level: LogEntry['level']): readonly string[] {
    return this.entries.filter((entry) => entry.level === level).map(({ message }) => message)
  }

  debug(fields: object, message: string): void {
    this.entries.push({ level: 'debug', message, fields })
  }

  info(fields: object, message: string): void {
    this.entries.push({ level: 'info', message, fields })
  }

  warn(fields: object, message: string): void {
    this.entries.push({ level: 'warn', message, fields })
  }

  error(fields: object, message: string): void {
    this.entries.push({ level: 'error', message, fields })
  }
}
