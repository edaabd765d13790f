// pnpm attack [--only A10,A11]: every attack in full against one server process, and the table of figures. Ends with 1 if
// a bound did not hold.
import { parseArgs } from 'node:util'
import { AFTERWARDS, ATTACKS } from './all-attacks.ts'
import { describeOutcomes, type Outcome } from './print-outcomes.ts'
import { Stage } from './stage.ts'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { only: { type: 'string' } },
})
const only = values.only?.split(',')
const outcomes: Outcome[] = []
const stage = await Stage.start(true)
for (const attack of [...ATTACKS.filter(({ id }) => only === undefined || only.includes(id)), AFTERWARDS]) {
  const startedAt = performance.now()
  process.stdout.write(`${attack.id} ${attack.name} …\n`)
  const measured = await attack.run(stage).catch((error: unknown) => ({
    sent: '',
    bound: 'no error of the attacker',
    measured: error instanceof Error ? String(error.stack) : String(error),
    holds: false,
  }))
  outcomes.push({ attack, ...measured, ms: performance.now() - startedAt })
}
await stage[Symbol.asyncDispose]()
console.log(describeOutcomes(outcomes))
process.exit(outcomes.every(({ holds }) => holds) ? 0 : 1)
