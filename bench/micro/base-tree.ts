// Another revision of this repository, checked out beside it for as long as it is needed.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { TemporaryFolder } from './temporary-folder.ts'

const git = (...args: string[]): string =>
  execFileSync('git', ['-C', import.meta.dirname, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim()

/** The commit that a revision names. Undefined if git does not know it. */
export function commitOf(revision: string): string | undefined {
  try {
    return git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`)
  } catch {
    return undefined
  }
}

/** The last commit on the main branch: of `origin/main` if there is one, else the last one before what is not committed. */
export function defaultRevision(): string {
  return commitOf('origin/main') === undefined ? 'HEAD' : 'origin/main'
}

/** A commit as a git worktree. It is removed when disposed of, at the latest when the process exits. */
export class BaseTree {
  readonly path: string
  readonly #folder = new TemporaryFolder('roomcast-base-')
  readonly #removeAtExit = (): void => this[Symbol.dispose]()

  /** @throws {Error} if git cannot check it out. */
  constructor(commit: string) {
    this.path = join(this.#folder.path, 'tree')
    // Ahead of the folder's own listener, since git wants to find what it is to remove.
    process.prependOnceListener('exit', this.#removeAtExit)
    git('worktree', 'add', '--quiet', '--detach', this.path, commit)
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#removeAtExit)
    if (existsSync(this.path)) git('worktree', 'remove', '--force', this.path)
    this.#folder[Symbol.dispose]()
  }
}
