// Runs one script of this workspace with the pinned pnpm, installing dependencies first when they are
// missing or older than the lock file. It needs nothing but Node and npm, so `npm start` and `npm test` work on a fresh clone.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const { packageManager, engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const [major, minor] = process.versions.node.split('.').map(Number)
const [wantedMajor, wantedMinor] = engines.node
  .replace(/[^\d.]/g, '')
  .split('.')
  .map(Number)
if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
  console.error(`Roomcast needs Node ${engines.node}; this is ${process.version}.`)
  process.exit(1)
}

/** Runs pnpm, inheriting the terminal, and ends this process with its exit code if it fails. */
function pnpm(...args) {
  const { status, signal, error } = spawnSync('npx', ['-y', packageManager, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  if (error) console.error(`Could not run ${packageManager} through npx: ${error.message}`)
  if (signal) process.exit(130)
  if (status !== 0) process.exit(status ?? 1)
}

const installed = join(root, 'node_modules/.modules.yaml')
const lock = join(root, 'pnpm-lock.yaml')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.log('Installing dependencies …')
  pnpm('install', '--frozen-lockfile', '--loglevel=warn')
}
pnpm('--silent', 'run', ...process.argv.slice(2))
