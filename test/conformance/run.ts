// `pnpm conformance`: every item of the checklist against our server, over every transport and in every way of arriving.
//   --only 46,80-83   these items   --transport h2   this transport   --seed 7   the random choices of an earlier run
//   --slow 20         the cells that took longest
import { parseArgs } from 'node:util'
import { Host } from './host.ts'
import { isAliveAtTheEnd } from './liveness.ts'
import { numbersIn } from './not-applicable.ts'
import { ITEMS } from './registry.ts'
import { countsOf, exclusionsOf, failuresOf, isTransport, slowestOf, tableOf } from './report.ts'
import { planCells, runItems } from './runner.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    transport: { type: 'string' },
    seed: { type: 'string' },
    slow: { type: 'string' },
  },
})
const only = values.only === undefined ? undefined : numbersIn(values.only)
// An item about others brings them along.
const wanted =
  only &&
  new Set([
    ...only,
    ...ITEMS.filter(({ number }) => only.includes(number)).flatMap(({ after = [] }) => after),
  ])
const items = ITEMS.filter(({ number }) => wanted?.has(number) ?? true)
const transports = values.transport?.split(',').filter(isTransport)
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32))

const unhandled: unknown[] = []
process.on('uncaughtException', (error) => unhandled.push(error))
process.on('unhandledRejection', (error) => unhandled.push(error))

const startedAt = performance.now()
const { cells, notApplicable } = planCells(items, transports)
console.log(
  `conformance: ${items.length} items, ${cells.length} cells, ${notApplicable.length} n/a, --seed ${seed}, Node ${process.version}`,
)
const host = await Host.start()
let done = 0
const report = await runItems({
  host,
  items,
  ...(transports === undefined ? {} : { transports }),
  seed,
  onOutcome: () => {
    done++
    if (done % 200 === 0) console.log(`  ${done} of ${cells.length}, ${seconds()} s`)
  },
})
const isAlive = await isAliveAtTheEnd(host)
await host[Symbol.asyncDispose]()

console.log(`\n${tableOf(report)}\n\n${exclusionsOf()}\n`)
const { passed, failed } = countsOf(report)
if (values.slow !== undefined) console.log(`${slowestOf(report, Number(values.slow))}\n`)
if (failed > 0) console.log(`${failuresOf(report)}\n`)
for (const error of unhandled) console.log('FAILED unhandled error in the process of the server:', error)
if (!isAlive) console.log('FAILED the server does not answer any more')
console.log(`${seconds()} s`)
const failures = failed + unhandled.length + (isAlive ? 0 : 1)
console.log(`conformance: ${passed} passed, ${failures} failed, 0 skipped`)
process.exit(failures === 0 ? 0 : 1)

function seconds(): string {
  return ((performance.now() - startedAt) / 1000).toFixed(1)
}
