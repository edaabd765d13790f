// `pnpm interop` ends here: the whole table, or a part of it with `--peer NAME` and `--check NAME`.
import { parseArgs } from 'node:util'
import { countOf, failuresIn, reasonsIn, tableOf } from './print-table.ts'
import { GROUPS } from './rows.ts'
import { runTable, select, type Cell } from './run-table.ts'
import { startOwnServer } from './servers/own-server.ts'

const { peer, check } = parseArgs({ options: { peer: { type: 'string' }, check: { type: 'string' } } }).values
const groups = select(GROUPS, { ...(peer && { peer }), ...(check && { check }) })
if (groups.length === 0) {
  const names = (list: readonly string[]): string => [...new Set(list)].join(', ')
  console.error(`Nothing has that name.
Peers: ${names(GROUPS.flatMap(({ rows }) => rows.map((row) => row.peer)))}
Checks: ${names(GROUPS.flatMap(({ checks }) => checks.map(({ name }) => name)))}`)
  process.exit(1)
}

const names = groups.flatMap(({ rows }) => rows.map((row) => row.peer))
console.log(`Peers: ${names.join(', ')} …`)
const start = performance.now()
const own = await startOwnServer()
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
const cells: readonly Cell[] = await runTable(groups, own, (row, done, ms) => {
  const [ok, failed] = [countOf(done, 'ok'), countOf(done, 'failed')]
  console.log(`${row.peer}: ${ok} ok${failed > 0 ? `, ${failed} FAILED` : ''} in ${seconds(ms)}`)
})
const { trouble } = own
await own[Symbol.asyncDispose]()

for (const group of groups) console.log(`\n${tableOf(group, cells)}`)
console.log(`\n${reasonsIn(cells)}`)
const failures = [failuresIn(cells), trouble].filter((text) => text !== '').join('\n')
if (failures !== '') console.error(`\n${failures}`)
console.log(
  `\nThe process of our server ${trouble === '' ? 'served all of it and is well' : 'is NOT well'}. ` +
    `${seconds(performance.now() - start)}`,
)
const failed = countOf(cells, 'failed') + countOf(cells, 'not run') + (trouble === '' ? 0 : 1)
console.log(`interop: ${countOf(cells, 'ok')} passed, ${failed} failed, ${countOf(cells, 'n/a')} n/a`)
process.exit(failed === 0 ? 0 : 1)
