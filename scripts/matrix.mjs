// Runs all checks on other versions of Node, which npm installs: `pnpm test:matrix [version …]`, by default 24.
import { spawnSync } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { root } from './command.mjs'

/** The exact version that stands for each major one. */
const PINNED = { 20: '20.20.2', 24: '24.21.0' }

/** Ends this process, saying why, if a program did not do its work. */
function must(what, { status, error, stdout }) {
  if (status === 0) return stdout?.trim()
  console.error(`${what} failed${error ? `: ${error.message}` : '.'}`)
  process.exit(status ?? 1)
}

for (const wanted of process.argv.length > 2 ? process.argv.slice(2) : ['24']) {
  const version = PINNED[wanted] ?? wanted
  const npx = ['npx', '-y', '-p', `node@${version}`, 'node', '-p', 'process.execPath']
  const shell = process.platform === 'win32'
  const node = must(
    `Installing Node ${version}`,
    spawnSync(npx[0], npx.slice(1), {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      shell,
    }),
  )
  // First on PATH, so that bins that start through `#!/usr/bin/env node` run on it too.
  const env = { ...process.env, PATH: [dirname(node), process.env.PATH].join(delimiter) }
  const actual = must(`Asking ${node} for its version`, spawnSync('node', ['-v'], { env, encoding: 'utf8' }))
  if (!`${actual}.`.startsWith(`v${wanted}.`)) {
    console.error(`Wanted Node ${wanted}, but \`node\` is ${actual}.`)
    process.exit(1)
  }
  console.log(`Node ${wanted}: running on ${actual} (${node}).`)
  const check = join(root, 'scripts/check.mjs')
  must(`The check on ${actual}`, spawnSync(node, [check], { cwd: root, env, stdio: 'inherit' }))
}
