// pnpm simulate [--seeds 200] [--seed N] [--bug NAME]: runs the simulation and prints what came of it.
import { parseArgs } from 'node:util'
import { isClean, type Verdict } from './checker.ts'
import type { PlantedBug } from './recording-broker.ts'
import { run } from './run.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    seed: { type: 'string' },
    bug: { type: 'string' },
  },
})
const bug = values.bug as PlantedBug | undefined
const seeds =
  values.seed === undefined
    ? Array.from({ length: Number(values.seeds) }, (_, index) => index + 1)
    : [Number(values.seed)]

const FAULTS = [
  'lost',
  'duplicated',
  'reordered',
  'phantoms',
  'ghosts',
  'stuck',
] as const satisfies (keyof Verdict)[]
const totals = { publishes: 0, acknowledged: 0, deliveries: 0, gaps: 0, cuts: 0, crashes: 0 }
const faults = Object.fromEntries(FAULTS.map((name) => [name, 0])) as Record<(typeof FAULTS)[number], number>
const startedAt = performance.now()

console.log(`simulate: seeds ${seeds[0]} to ${seeds.at(-1)}${bug ? `, with the planted bug ${bug}` : ''}`)
for (const [index, seed] of seeds.entries()) {
  const result = await run(seed, bug)
  const { verdict } = result
  for (const name of ['publishes', 'acknowledged', 'cuts', 'crashes'] as const) totals[name] += result[name]
  totals.deliveries += verdict.deliveries
  totals.gaps += verdict.gaps
  for (const name of FAULTS) {
    faults[name] += verdict[name].length
    for (const fault of verdict[name].slice(0, 3)) console.log(`  seed ${seed}: ${name}: ${fault}`)
  }
  if (!isClean(verdict)) console.log(`  seed ${seed} failed; replay it with: pnpm simulate --seed ${seed}`)
  if ((index + 1) % 50 === 0)
    console.log(`  … ${index + 1} of ${seeds.length} seeds, ${totals.deliveries} deliveries`)
}

const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
console.log(
  `${seeds.length} seeds in ${seconds} s: ${totals.publishes} publishes (${totals.acknowledged} acknowledged), ` +
    `${totals.deliveries} deliveries, ${totals.gaps} announced gaps, ${totals.cuts} cuts, ${totals.crashes} crashes`,
)
console.log(FAULTS.map((name) => `${name} ${faults[name]}`).join(', '))
if (FAULTS.some((name) => faults[name] > 0)) process.exitCode = 1
