// Runs one script of this workspace with the pinned pnpm, installing dependencies first when they are
// missing or older than the lock file. It needs nothing but Node and npm, so `npm start` and `npm test` work on a fresh clone.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
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

/** Runs pnpm in the terminal of this process, and ends this process with its exit code if it fails. */
async function pnpm(...args) {
  const isWindows = process.platform === 'win32'
  // A process group of its own, so that a signal to this process reaches all of it: npx and pnpm pass none on.
  const child = spawn('npx', ['-y', packageManager, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: isWindows,
    detached: !isWindows,
  })
  const forward = (signal) => process.kill(isWindows ? child.pid : -child.pid, signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, forward)
  // npm that is told to stop ends without telling its scripts; they find that they have another parent.
  const { ppid } = process
  const orphaned = setInterval(() => process.ppid === ppid || forward('SIGTERM'), 500)
  try {
    const [status] = await once(child, 'close')
    if (status !== 0) process.exit(status ?? 130)
  } catch (error) {
    console.error(`Could not run ${packageManager} through npx: ${error.message}`)
    process.exit(1)
  } finally {
    clearInterval(orphaned)
    for (const signal of signals) process.off(signal, forward)
  }
}

const installed = join(root, 'node_modules/.modules.yaml')
const lock = join(root, 'pnpm-lock.yaml')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.log('Installing dependencies …')
  await pnpm('install', '--frozen-lockfile', '--loglevel=warn')
}
await pnpm('--silent', 'run', ...process.argv.slice(2))
