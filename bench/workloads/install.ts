// What must be there before anything can be measured: our packages as users get them, and the peers.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { arePeersInstalled, peersFolder } from '../peers/programs.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Builds our packages. @throws {Error} if that fails. */
export function buildPackages(): void {
  console.log('Building our packages …')
  runPnpm(['--silent', 'run', 'build'], ROOT, 'ignore')
}

/**
 * Installs the peers in their own folder, the first time and after their lock file has changed.
 *
 * @throws {Error} if that fails.
 */
export function installPeers(): void {
  if (arePeersInstalled()) return
  console.log('Installing the peers in bench/peers …')
  // The folder is a workspace of its own; --ignore-workspace would ignore its settings too.
  runPnpm(['install', '--frozen-lockfile'], peersFolder, 'inherit')
}

/** Runs the pnpm that runs us, or else the pinned one. */
function runPnpm(args: readonly string[], cwd: string, stdout: 'inherit' | 'ignore'): void {
  const running = process.env.npm_execpath
  const [program, ...before] =
    running !== undefined && /pnpm\.[cm]?js$/.test(running) && existsSync(running)
      ? [process.execPath, running]
      : ['npx', '-y', pinnedPnpm()]
  const { status, error } = spawnSync(program ?? '', [...before, ...args], {
    cwd,
    stdio: ['ignore', stdout, 'inherit'],
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`pnpm ${args.join(' ')} failed in ${cwd}.`)
}

function pinnedPnpm(): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { packageManager: string }
  return manifest.packageManager
}
