// What hostile messages cost. Run in a process of its own, whose memory has no peaks behind it.
import { compress, compressedZeros, emptyDynamicBlocks, emptyStoredBlocks } from './payloads.ts'
import { inflaterOf, KIB } from './subjects.ts'

const zeros = await compressedZeros(100 * KIB * KIB)
const finals = Uint8Array.from({ length: 256 * KIB }, (_, index) => (index % 2 ? 0 : 3))
const messages: [string, Uint8Array, number][] = [
  ['100 MiB of zeros', zeros, 256],
  ['100 MiB of zeros', zeros, 64 * KIB],
  ['64 KiB of zeros', compress(new Uint8Array(64 * KIB)), 256],
  ['empty stored blocks', emptyStoredBlocks(256 * KIB), 256],
  ['empty dynamic blocks', emptyDynamicBlocks(16 * KIB), 256],
  ['empty dynamic blocks', emptyDynamicBlocks(256 * KIB), 256],
  ['empty final blocks', finals, 256],
]

// What is there after the first message is there to stay.
await inflaterOf(false).inflate(compress(new Uint8Array(40 * KIB)))
console.table(await measureAll())

async function measureAll(): Promise<unknown[]> {
  const rows: unknown[] = []
  for (const [message, input, limitKib] of messages) {
    const buffersBefore = process.memoryUsage().arrayBuffers
    const rssBefore = process.memoryUsage().rss
    const startedAt = performance.now()
    const pending = inflaterOf(false, limitKib * KIB).inflate(input)
    const onLoopMs = performance.now() - startedAt
    const buffers = process.memoryUsage().arrayBuffers - buffersBefore
    const result = await pending
    rows.push({
      message,
      'bytes in': input.length,
      'limit KiB': limitKib,
      result: 'closeCode' in result ? `${result.closeCode} ${result.code}` : `${result.length} bytes`,
      ms: Number((performance.now() - startedAt).toFixed(2)),
      'ms on the loop': Number(onLoopMs.toFixed(2)),
      'buffers KiB': Math.round(buffers / KIB),
      'RSS grew KiB': Math.round((process.memoryUsage().rss - rssBefore) / KIB),
    })
  }
  return rows
}
