// Measures compression: what a message costs with and without a zlib stream per connection, what connections hold, what
// hostile messages cost, and how far a flood of them holds the event loop up. Run by `pnpm bench:deflate`.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { createDeflateRaw, createInflateRaw } from 'node:zlib'
import { compress, jsonPayload } from './payloads.ts'
import { deflaterOf, inflaterOf, KIB, throughStream } from './subjects.ts'

const ROUNDS = 7
const ROUND_MS = 150
/** Different ones, or a context would hold the very same message. */
const MESSAGES = 32

const run = (file: string, ...args: string[]): string =>
  execFileSync(process.execPath, [...process.execArgv, join(import.meta.dirname, file), ...args], {
    encoding: 'utf8',
  })

console.log('Hostile messages')
console.log(run('hostile.ts'))

console.log('Memory of one connection after 64 KiB of messages')
const subjects = JSON.parse(run('memory.ts')) as string[]
console.table(
  Object.fromEntries(subjects.map((name) => [name, JSON.parse(run('memory.ts', name)) as unknown])),
)

console.log('\nCPU time of all threads for a message of JSON')
console.table(await measureCpu())

console.log('\nDelay of the event loop under floods of 100 connections')
console.log(run('flood.ts'))

async function measureCpu(): Promise<unknown> {
  const rows: Record<string, Record<string, number>> = {}
  for (const bytes of [128, KIB, 16 * KIB]) {
    const payloads = Array.from({ length: MESSAGES }, (_, index) => jsonPayload(bytes, index * 1000))
    const inputs = payloads.map(compress)
    const flushed = inputs.map((input) => Buffer.concat([input, Uint8Array.of(0, 0, 0xff, 0xff)]))
    const [deflateStream, inflateStream] = [createDeflateRaw().resume(), createInflateRaw().resume()]
    const [fresh, remembering, small] = [deflaterOf(false), deflaterOf(true), deflaterOf(true, 12)]
    const [freshInflater, rememberingInflater] = [inflaterOf(false), inflaterOf(true)]
    const columns: Record<string, (index: number) => unknown> = {
      'deflate, no takeover': (index) => fresh.deflate(payloads[index]!),
      'deflate, takeover, 12 bits': (index) => small.deflate(payloads[index]!),
      'deflate, takeover': (index) => remembering.deflate(payloads[index]!),
      'deflate, a stream': (index) => throughStream(deflateStream, payloads[index]!),
      'inflate, no takeover': (index) => freshInflater.inflate(inputs[index]!),
      'inflate, takeover': (index) => rememberingInflater.inflate(inputs[index]!),
      'inflate, a stream': (index) => throughStream(inflateStream, flushed[index]!),
    }
    for (const [name, work] of Object.entries(columns)) {
      rows[name] = { ...rows[name], [`µs for ${bytes} B`]: await cpuMicros(work) }
    }
    deflateStream.close()
    inflateStream.close()
  }
  return rows
}

/** The median of some rounds. */
async function cpuMicros(work: (index: number) => unknown): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) rounds.push(await cpuMicrosOnce(work))
  return Number(rounds.sort((a, b) => a - b)[ROUNDS >> 1]!.toFixed(1))
}

async function cpuMicrosOnce(work: (index: number) => unknown): Promise<number> {
  for (let count = 0; count < 200; count++) await work(count % MESSAGES)
  let count = 0
  const startedAt = performance.now()
  const before = process.cpuUsage()
  for (; performance.now() - startedAt < ROUND_MS; count++) {
    const result = work(count % MESSAGES)
    if (result instanceof Promise) await result
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / count
}
