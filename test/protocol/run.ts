// `pnpm protocol --url ws://localhost:3000/realtime`: PROTOCOL.md against any server that is set up as README.md says.
//   without --url   our own server   --codec json   this codec   --only 3.2,5   this item, and all of section 5
import { parseArgs } from 'node:util'
import { isNamedBy } from './item.ts'
import { startLab } from './lab.ts'
import { ITEMS } from './registry.ts'
import { failuresOf, tableOf } from './report.ts'
import { runItems } from './runner.ts'
import { isCodecName } from './wire-codec.ts'

const { values } = parseArgs({
  options: { url: { type: 'string' }, codec: { type: 'string' }, only: { type: 'string' } },
})
const items = values.only === undefined ? ITEMS : ITEMS.filter(isNamedBy(values.only))
const codecs = values.codec?.split(',').filter(isCodecName) ?? (['json', 'msgpack'] as const)
if (items.length === 0 || codecs.length === 0) {
  console.error('protocol: nothing to run; --only takes 3.2 or 3, --codec json or msgpack')
  process.exit(2)
}

const startedAt = performance.now()
const lab = values.url === undefined ? await startLab() : undefined
const url = values.url ?? lab!.url
console.log(`protocol: ${items.length} items over ${codecs.join(' and ')} against ${url}`)
const outcomes = await runItems({ url, items, codecs })
await lab?.[Symbol.asyncDispose]()

const failed = outcomes.filter(({ failure }) => failure).length
console.log(`\n${tableOf(outcomes)}\n`)
if (failed > 0) console.log(`${failuresOf(outcomes)}\n`)
console.log(`${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
console.log(`protocol: ${outcomes.length - failed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
