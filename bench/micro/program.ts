// A bench file made a program for one tree, to be run in a process of its own as often as need be.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { CaseReport } from './measure.ts'

const run = promisify(execFile)

/** Long beyond what any subject takes, so that a run which hangs ends. */
const TIMEOUT_MS = 120_000

/**
 * Runs a bundled program in a fresh process and returns its reports. The process is killed when this one exits.
 *
 * @throws {Error} if it ends without reports.
 */
export async function runProgram(path: string): Promise<CaseReport[]> {
  const abort = new AbortController()
  const kill = (): void => abort.abort()
  process.once('exit', kill)
  try {
    const { stdout } = await run(process.execPath, [path], {
      signal: abort.signal,
      timeout: TIMEOUT_MS,
      maxBuffer: 16 * 1024 * 1024,
    })
    return JSON.parse(stdout) as CaseReport[]
  } finally {
    process.off('exit', kill)
  }
}
