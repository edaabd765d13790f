// Runs one script of this workspace with the pinned pnpm, or with `--program` a TypeScript program of it with Node, installing
// dependencies first when they are missing or older than the lock file. It needs nothing but Node and npm, so `npm start`,
// `npm test` and `npm run echo` work on a fresh clone.
//
//   node scripts/run.mjs SCRIPT [ARGUMENT …]
//   node scripts/run.mjs --program FILE [ARGUMENT …]
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

const isWindows = process.platform === 'win32'

/** Runs a command in the terminal of this process, and ends this process with its exit code if it fails. */
async function run(command, args, options = {}) {
  // A process group of its own, so that a signal to this process reaches all of it: npx and pnpm pass none on.
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', detached: !isWindows, ...options })
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
    console.error(`Could not run ${command}: ${error.message}`)
    process.exit(1)
  } finally {
    clearInterval(orphaned)
    for (const signal of signals) process.off(signal, forward)
  }
}

/** Runs the pinned pnpm, which npx fetches if need be. */
function pnpm(args, options) {
  return run('npx', ['-y', packageManager, ...args], { shell: isWindows, ...options })
}

const installed = join(root, 'node_modules/.modules.yaml')
const lock = join(root, 'pnpm-lock.yaml')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  // What a program prints may be read by another, so everything that comes before it goes to stderr.
  console.error('Installing dependencies …')
  await pnpm(['install', '--frozen-lockfile', '--loglevel=warn'], {
    stdio: ['inherit', process.stderr, 'inherit'],
  })
}
const [first, ...others] = process.argv.slice(2)
if (first === '--program') {
  await run(process.execPath, ['--conditions=@roomcast/source', '--import', 'tsx', ...others])
} else {
  await pnpm(['--silent', 'run', first, ...others])
}
