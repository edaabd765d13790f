// Prints what one connection holds after 64 KiB of messages, as the runtime counts it (which leaves zlib out) and as
// resident memory. Run in a process of its own for each subject, which the argument names.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createDeflateRaw, createInflateRaw } from 'node:zlib'
import { compress, jsonPayload } from './payloads.ts'
import { deflaterOf, inflaterOf, KIB, throughStream } from './subjects.ts'

const CONNECTIONS = 1000

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What zlib holds is freed after the turn in which the garbage was found. */
async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 4; round++) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const payloads = Array.from({ length: 16 }, (_, index) => jsonPayload(4 * KIB, index * 100))
const inputs = payloads.map(compress)
const flushedInputs = inputs.map((input) => Buffer.concat([input, Uint8Array.of(0, 0, 0xff, 0xff)]))

async function deflater(hasTakeover: boolean, windowBits = 15): Promise<unknown> {
  const made = deflaterOf(hasTakeover, windowBits)
  for (const payload of payloads) await made.deflate(payload)
  return made
}

async function inflater(hasTakeover: boolean): Promise<unknown> {
  const made = inflaterOf(hasTakeover)
  for (const input of inputs) await made.inflate(input)
  return made
}

const subjects: Record<string, () => Promise<unknown>> = {
  'deflate, no takeover': () => deflater(false),
  'deflate, takeover, 12 bits': () => deflater(true, 12),
  'deflate, takeover': () => deflater(true),
  'deflate, a stream': async () => {
    const stream = createDeflateRaw().resume()
    for (const payload of payloads) await throughStream(stream, payload)
    return stream
  },
  'inflate, no takeover': () => inflater(false),
  'inflate, takeover': () => inflater(true),
  'inflate, a stream': async () => {
    const stream = createInflateRaw().resume()
    for (const input of flushedInputs) await throughStream(stream, input)
    return stream
  },
}

const [name] = process.argv.slice(2)
if (name === undefined) console.log(JSON.stringify(Object.keys(subjects)))
else console.log(await measure(subjects[name]!))

async function measure(make: () => Promise<unknown>): Promise<string> {
  const kept: unknown[] = []
  // So many again, and none of them kept: what grows here would grow anyhow.
  for (let count = 0; count < CONNECTIONS; count++) await make()
  await collectGarbage()
  const before = process.memoryUsage()
  for (let count = 0; count < CONNECTIONS; count++) kept.push(await make())
  await collectGarbage()
  const after = process.memoryUsage()
  const kib = (bytes: number): number => Number((bytes / kept.length / KIB).toFixed(1))
  const held = after.external + after.heapUsed - before.external - before.heapUsed
  return JSON.stringify({ 'held KiB': kib(held), 'resident KiB': kib(after.rss - before.rss) })
}
