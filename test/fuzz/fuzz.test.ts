// A short run of each target with a fixed seed, and bugs that were planted to see that they would be found.
import { setTimeout as later } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { openTarget, TARGET_NAMES } from './open-target.ts'
import { isClean, summarize } from './report.ts'
import { runTarget } from './run-target.ts'
import { Violation, type FuzzTarget } from './target.ts'
import { randomBytes } from './mutate.ts'

const SEED = 20_260_101
const opened: FuzzTarget[] = []
afterAll(async () => {
  for (const target of opened) await target.close?.()
})

/** What each target must have reached, so that a grammar that has rotted does not pass for a server that is sound. */
const MUST_REACH: Readonly<Record<string, readonly string[]>> = {
  parser: [
    'open message',
    'message',
    'compressed message',
    'ping',
    'closing',
    'clean close',
    'unclean close',
  ],
  handshake: [
    'accepted request',
    'accepted CONNECT',
    'accepted response',
    'subprotocols',
    'extensions',
    'refused 400',
    'refused 431',
  ],
  extensions: ['malformed', 'declined', 'accepted', 'response taken', 'response invalid'],
  deflate: [
    'message',
    'long message',
    'as zlib reads it',
    'WS_INVALID_COMPRESSION',
    'WS_MESSAGE_TOO_BIG',
    'WS_INFLATED_TOO_MUCH',
  ],
  connect: [
    'opened',
    'with compression',
    'echoed',
    'echoed compressed',
    'close 1002',
    'close 1007',
    'answered 400',
  ],
  differential: ['ws agrees', 'ws differs as known', 'messages', 'ours: failed 1002'],
}

describe('Fuzzing for three seconds with a fixed seed', () => {
  it.each(TARGET_NAMES)('finds nothing in %s, and gets far', async (name) => {
    const target = await openTarget(name)
    opened.push(target)
    const report = await runTarget(target, { seed: SEED, durationMs: 3000 })
    expect(
      report.findings.map(({ message, input }) => `${message}: ${Buffer.from(input).toString('hex')}`),
    ).toEqual([])
    expect([...report.depths.keys()]).toEqual(expect.arrayContaining([...MUST_REACH[name]!]))
  })
})

/** A target that does nothing but what is planted. */
function planted(execute: (input: Uint8Array) => unknown): FuzzTarget {
  return {
    name: 'planted',
    generate: (random) => randomBytes(random, random.int(0, 30)),
    execute: async (input) => {
      await execute(input)
      return []
    },
  }
}

const run = (execute: (input: Uint8Array) => unknown) =>
  runTarget(planted(execute), { seed: SEED, durationMs: 1500 })

describe('A planted bug', () => {
  it('that throws at one byte pattern is found, with the input that does it', async () => {
    const isPattern = (input: Uint8Array): boolean => Buffer.from(input).includes(Buffer.of(0xbe, 0xef))
    const report = await run((input) => {
      if (isPattern(input)) throw new TypeError('planted')
    })
    expect(report.findings.length).toBeGreaterThan(0)
    for (const { kind, input, message } of report.findings) {
      expect(kind).toBe('crash')
      expect(message).toContain('planted')
      expect(isPattern(input)).toBe(true)
    }
    expect(summarize([report])).toContain(`${report.findings.length} crashes`)
    expect(isClean([report])).toBe(false)
  })

  it('that breaks a promise is found', async () => {
    const report = await run(() => {
      throw new Violation('chunks make a difference')
    })
    expect(report.findings[0]).toMatchObject({ kind: 'crash', message: 'chunks make a difference' })
  })

  it('that rejects where nobody awaits is found', async () => {
    let hasHappened = false
    const report = await run(() => {
      if (!hasHappened) void Promise.reject(new Error('astray'))
      hasHappened = true
    })
    expect(report.findings.map(({ message }) => message).join()).toContain('astray')
  })

  it('that keeps a thread busy is found as slow, and one that only waits is not', async () => {
    const busy = await run(() => {
      const endsAt = performance.now() + 150
      while (performance.now() < endsAt);
    })
    expect(busy.findings[0]).toMatchObject({ kind: 'slow' })
    expect(busy.slowestMs).toBeGreaterThan(50)
    const waiting = await run(() => later(100))
    expect(waiting.findings).toEqual([])
  })

  it('that leaks is found', async () => {
    const leak: Uint8Array[] = []
    const report = await run(() => void leak.push(new Uint8Array(4096)))
    expect(report.isMemoryFlat).toBe(false)
    expect(summarize([report])).toContain('MEMORY GROWS')
  })
})
