// One subject while it is measured: its process, and the connections that the load generator holds to it.
import type { Group, LoadGenerator } from '../harness/load-generator.ts'
import type { RunningSubject } from '../harness/subject.ts'
import { SUBJECTS, type Use } from './subjects.ts'
import { keyOf, type Entry } from './entry.ts'

/** Which connections to open. */
export interface Crowd {
  readonly connections: number
  readonly rooms: number
  readonly use: Use
}

/** What the bench needs of a subject that runs. */
export type RunningServer = Pick<RunningSubject, 'port' | 'pid' | 'collectGarbage' | 'residentBytes'> &
  AsyncDisposable

/** Where stages stand: who starts subjects, and who connects to them. */
export interface Theatre {
  readonly start: (name: string, command: readonly string[]) => Promise<RunningServer>
  readonly generator: Pick<LoadGenerator, 'open'>
}

/** A subject that runs, for as long as it is not disposed of. */
export class Stage implements AsyncDisposable {
  readonly subject: RunningServer
  readonly #entry: Entry
  readonly #generator: Theatre['generator']
  #group: Group | undefined

  private constructor(entry: Entry, subject: RunningServer, generator: Theatre['generator']) {
    this.#entry = entry
    this.subject = subject
    this.#generator = generator
  }

  /** Starts the program of an entry. */
  static async start(entry: Entry, { start, generator }: Theatre): Promise<Stage> {
    const command = [...SUBJECTS[entry.subject].command(), ...(entry.flags ?? [])]
    return new Stage(entry, await start(keyOf(entry), command), generator)
  }

  /** The connections. @throws {Error} before they were opened. */
  get group(): Group {
    if (this.#group === undefined) throw new Error('No connections have been opened.')
    return this.#group
  }

  /** Opens connections, after closing those that were there. */
  async open({ connections, rooms, use }: Crowd): Promise<Group> {
    await this.#group?.close()
    const { dialect } = SUBJECTS[this.#entry.subject]
    const { port, pid } = this.subject
    this.#group = await this.#generator.open({
      port,
      pid,
      connections,
      rooms,
      dialect: dialect({ use, deflate: this.#entry.deflate ?? 'none' }),
    })
    return this.#group
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.#group?.close()
    } finally {
      await this.subject[Symbol.asyncDispose]()
    }
  }
}
