// A folder that is gone when the process is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** An empty folder of its own. It is removed with all that is in it when disposed of, at the latest when the process exits. */
export class TemporaryFolder {
  readonly path: string
  readonly #removeAtExit = (): void => this[Symbol.dispose]()

  /** @param prefix What its name begins with. */
  constructor(prefix: string) {
    this.path = mkdtempSync(join(tmpdir(), prefix))
    process.once('exit', this.#removeAtExit)
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#removeAtExit)
    rmSync(this.path, { recursive: true, force: true })
  }
}
