import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Contract } from '@roomcast/protocol'
import { runCli } from './run-cli.ts'

const before: Contract = {
  version: 1,
  channels: { 'chat:{id}': { events: { message: z.object({ text: z.string() }) } } },
}
const wider: Contract = {
  version: 1,
  channels: { 'chat:{id}': { events: { message: z.object({ text: z.string() }), edit: z.string() } } },
}
const narrower: Contract = {
  version: 1,
  channels: { 'chat:{id}': { events: { message: z.object({ text: z.string().max(5) }) } } },
}

const saying = (text: string): unknown => expect.stringContaining(text)

describe('roomcast contract', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'roomcast-cli-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))

  /** Runs the command where the module exports this. */
  async function run(exported: Record<string, unknown>, ...args: readonly string[]) {
    const lines: string[] = []
    const loaded: string[] = []
    const code = await runCli(args, {
      directory,
      print: (line) => lines.push(line),
      load: (path) => {
        loaded.push(path)
        return Promise.resolve(exported)
      },
    })
    return { code, text: lines.join('\n'), loaded }
  }
  const check = (contract: Contract) => run({ contract }, 'contract', 'check', 'contract.js')

  it('writes a descriptor, of which nothing differs then', async () => {
    const { code, text, loaded } = await run({ contract: before }, 'contract', 'write', 'contract.js')
    expect([code, loaded]).toEqual([0, [join(directory, 'contract.js')]])
    expect(text).toContain('roomcast.contract.json')
    expect(JSON.parse(readFileSync(join(directory, 'roomcast.contract.json'), 'utf8'))).toMatchObject({
      version: 1,
    })
    expect(await check(before)).toMatchObject({
      code: 0,
      text: saying('is what its descriptor says'),
    })
  })

  it('lets through what breaks no client, and says what it is', async () => {
    await run({ contract: before }, 'contract', 'write', 'contract.js')
    const { code, text } = await check(wider)
    expect(code).toBe(0)
    expect(text).toContain('fine      chat:{id} › event edit: the event is new')
  })

  it('fails for what breaks clients, unless the version says so', async () => {
    await run({ contract: before }, 'contract', 'write', 'contract.js')
    const { code, text } = await check(narrower)
    expect(code).toBe(1)
    expect(text).toContain('BREAKING  chat:{id} › event message')
    expect(text).toContain("Raise the contract's `version`")
    expect(await check({ ...narrower, version: 2 })).toMatchObject({ code: 0 })
  })

  it('takes another descriptor and another export', async () => {
    const args = ['contract.js', '--descriptor', 'other.json', '--export', 'app']
    expect(await run({ app: before }, 'contract', 'write', ...args)).toMatchObject({ code: 0 })
    expect(await run({ app: narrower }, 'contract', 'check', ...args)).toMatchObject({ code: 1 })
    expect(await run({ default: before }, 'contract', 'write', 'contract.js')).toMatchObject({ code: 0 })
  })

  it('explains itself', async () => {
    expect(await run({}, '--help')).toMatchObject({
      code: 0,
      text: saying('usage: roomcast'),
    })
    for (const args of [
      [],
      ['contract'],
      ['contract', 'chek', 'a.js'],
      ['contract', 'check', '--nope', 'a.js'],
    ]) {
      expect(await run({}, ...args)).toMatchObject({
        code: 2,
        text: saying('usage: roomcast'),
      })
    }
  })

  it('says what is missing', async () => {
    expect(await check(before)).toMatchObject({
      code: 2,
      text: saying('roomcast contract write'),
    })
    writeFileSync(join(directory, 'roomcast.contract.json'), '{')
    expect(await check(before)).toMatchObject({ code: 2, text: saying('is not what') })
    expect(await run({ other: 1 }, 'contract', 'check', 'a.js')).toMatchObject({
      code: 2,
      text: saying('exports no contract called contract or default; it exports other'),
    })
    const failing = await runCli(['contract', 'check', 'a.js'], {
      directory,
      print: () => {},
      load: () => Promise.reject(new Error('no such file')),
    })
    expect(failing).toBe(2)
  })
})
