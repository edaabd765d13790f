// Which state of the sources was measured.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/**
 * The commit that is checked out, with ` + changes` behind it if anything but results differs from it; `unknown` where git does not
 * tell, as in an archive of the sources.
 */
export function describeRevision(root: string = ROOT): string {
  const commit = git(root, 'rev-parse', 'HEAD')
  const changes = git(root, 'status', '--porcelain', '--', '.', ':(exclude)bench/results')
  if (commit === undefined || changes === undefined) return 'unknown'
  return changes === '' ? commit : `${commit} + changes`
}

function git(cwd: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { cwd, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
