// Type-checks every project of the workspace, two at a time, and prints one line for each.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, seconds } from './command.mjs'

const MAX_AT_ONCE = 2

const children = (folder) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name))

const projects = ['.', ...children('packages'), ...children('examples'), 'test', 'bench'].filter((folder) =>
  existsSync(join(root, folder, 'tsconfig.json')),
)

/** Checks one project and returns whether it is sound. */
async function check(project) {
  const start = performance.now()
  const { code, output } = await run(['tsc', '--noEmit', '--pretty', '-p', project])
  const verdict = code === 0 ? 'ok    ' : 'FAILED'
  console.log(`${verdict} ${project.padEnd(20)} ${seconds(performance.now() - start)}`)
  if (code !== 0) console.error(output)
  return code === 0
}

const waiting = [...projects]
let failed = 0
async function work() {
  for (let project = waiting.shift(); project !== undefined; project = waiting.shift()) {
    if (!(await check(project))) failed++
  }
}
await Promise.all(Array.from({ length: MAX_AT_ONCE }, work))
if (failed > 0) {
  console.error(`${failed} of ${projects.length} projects have type errors.`)
  process.exit(1)
}
