// Measures the frame kernel: WebAssembly beside TypeScript for frames and for masking, and ways to read a text that is not
// ASCII. CPU time, the subjects in turn within each round; the ratio is a median of pairs with its interval.
import { isUtf8 } from 'node:buffer'
import { maskInPlace } from '../../packages/server/src/websocket/protocol/kernel/mask-in-place.ts'
import { TypeScriptKernel } from '../../packages/server/src/websocket/protocol/kernel/typescript-kernel.ts'
import { createWasmKernel } from '../../packages/server/src/websocket/protocol/kernel/wasm-kernel.ts'
import type { FrameKernel } from '../../packages/server/src/websocket/protocol/kernel/frame-kernel.ts'
import { Utf8Validator } from '../../packages/server/src/websocket/protocol/utf8-validator.ts'
import { intervalOf, intervalOfRatio } from '../report/interval.ts'

const ROUNDS = 15
const ROUND_MS = 8
const KIB = 1024
/** What a work is done before it counts, so that the engine has compiled it as well as it can. */
const WARM_MS = 150
/** Of ASCII bytes, so that a payload is ASCII after any number of maskings. */
const KEY = 0x12345678

type Work = () => unknown

const typescript = new TypeScriptKernel()
const made = createWasmKernel()
if (made === undefined) throw new Error('this engine has no WebAssembly with SIMD')
const wasm: FrameKernel = made

console.log(`Node ${process.versions.node}, ${ROUNDS} rounds, CPU time in ns\n`)
console.log('Reading the frames of a chunk, for each frame')
console.table(
  Object.fromEntries(
    [...[32, 128, 512].flatMap((bytes) => [1, 4, 16, 64].map((count) => [count, bytes])), [1, 16 * KIB]].map(
      ([count, bytes]) => [
        `${count} × ${bytes} B`,
        frameRow(Buffer.concat(repeat(count!, frame(0x81, bytes!))), count!),
      ],
    ),
  ),
)

console.log('\nA chunk of 64 KiB in which a short message and a ping take turns, for each message')
const turns = Buffer.concat(repeat(4096, Buffer.concat([frame(0x81, 4), frame(0x89, 0)])))
console.table({
  'text, ping, …': compare(
    () => readTurns(typescript, turns),
    () => readTurns(wasm, turns),
    4096,
  ),
})

console.log('\nMasking, for each call')
console.table(
  Object.fromEntries(
    [64, 128, 256, 512, KIB, 4 * KIB, 16 * KIB, 64 * KIB].flatMap((bytes) =>
      [0, 1].map((shift) => {
        const view = new Uint8Array(bytes + 8).subarray(shift, shift + bytes)
        const row = compare(
          () => maskInPlace(view, KEY),
          () => wasm.mask(view, KEY),
          1,
        )
        return [`${bytes} B${shift === 0 ? '' : ', unaligned'}`, row]
      }),
    ),
  ),
)

console.log('\nA text that is not ASCII, validated and made a string')
const decoder = new TextDecoder('utf-8', { fatal: true })
const validator = new Utf8Validator()
console.table(
  Object.fromEntries(
    [32, 128, KIB, 64 * KIB].map((bytes) => {
      const text = Buffer.from('Grüße aus Köln, κόσμε 😀. '.repeat(bytes)).subarray(0, bytes)
      // Whatever character the cut went through is made up for with full stops.
      const whole = Buffer.from(text.toString().replaceAll('\ufffd', '.'))
      return [`${bytes} B`, textRow(whole)]
    }),
  ),
)

function frameRow(chunk: Buffer, count: number): object {
  const read = (kernel: FrameKernel) => (): void => {
    let at = 0
    while (kernel.readFrames(chunk, at, Infinity, Infinity) > 0) at = kernel.stoppedAt
    if (at !== chunk.length) throw new Error(`read ${at} of ${chunk.length} bytes`)
  }
  return compare(read(typescript), read(wasm), count)
}

/** Steps over the pings, which are not for the kernel. */
function readTurns(kernel: FrameKernel, chunk: Uint8Array): void {
  let at = 0
  while (at < chunk.length) {
    at = kernel.readFrames(chunk, at, Infinity, Infinity) > 0 ? kernel.stoppedAt : at + 6
  }
}

function textRow(bytes: Buffer): object {
  const validated = (): string => {
    validator.reset()
    if (!validator.push(bytes) || !validator.isComplete) throw new Error('not UTF-8')
    return bytes.toString('utf8')
  }
  const decoded = (): string => decoder.decode(bytes)
  const native = (): string => {
    if (!isUtf8(bytes)) throw new Error('not UTF-8')
    return bytes.toString('utf8')
  }
  const [first, second, third] = measure([validated, decoded, native])
  return {
    'Utf8Validator, toString': show(intervalOf(first!)?.median),
    'TextDecoder, fatal': show(intervalOf(second!)?.median),
    'isUtf8, toString': show(intervalOf(third!)?.median),
  }
}

/** A row of two subjects and the ratio of the second to the first. */
function compare(reference: Work, subject: Work, units: number): object {
  const [before, after] = measure([reference, subject])
  const ratio = intervalOfRatio(after!.map((value, index) => [value, before![index]!] as const))!
  return {
    typescript: show(intervalOf(before!)!.median / units),
    wasm: show(intervalOf(after!)!.median / units),
    ratio: ratio.median.toFixed(2),
    interval: `${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}`,
  }
}

/** For each work the ns of one call in each round. */
function measure(works: readonly Work[]): number[][] {
  const calls = works.map(callsInRound)
  const figures = works.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    works.forEach((work, index) => figures[index]!.push(nanosOf(work, calls[index]!)))
  }
  return figures
}

/** How many calls take about a round, found out once the work is warm. */
function callsInRound(work: Work): number {
  const warmAt = performance.now() + WARM_MS
  while (performance.now() < warmAt) work()
  let calls = 1
  for (;;) {
    const micros = (nanosOf(work, calls) * calls) / 1000
    if (micros >= ROUND_MS * 500) return Math.ceil((calls * ROUND_MS * 1000) / micros)
    calls *= 2
  }
}

function nanosOf(work: Work, calls: number): number {
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call++) work()
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1000) / calls
}

function frame(first: number, payloadBytes: number): Buffer {
  const header = payloadBytes < 126 ? Buffer.alloc(6) : Buffer.alloc(8)
  header[0] = first
  header[1] = 0x80 | Math.min(payloadBytes, 126)
  if (payloadBytes >= 126) header.writeUInt16BE(payloadBytes, 2)
  header.writeUInt32BE(KEY, header.length - 4)
  return Buffer.concat([header, Buffer.alloc(payloadBytes, 'a')])
}

function repeat<T>(count: number, value: T): T[] {
  return new Array<T>(count).fill(value)
}

function show(nanos = NaN): number {
  return nanos < 100 ? Number(nanos.toFixed(1)) : Math.round(nanos)
}
