// PROTOCOL.md against our own server, and what keeps the suite itself honest.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isNamedBy } from './item.ts'
import { startLab, type Lab } from './lab.ts'
import { PLANTED } from './planted.ts'
import { ITEMS } from './registry.ts'
import { failuresOf, tableOf } from './report.ts'
import { runItems } from './runner.ts'

/** What a wrong server does not send is not waited for much longer than a machine with other work may take. */
const SHORT_PATIENCE_MS = 6_000

describe('the registry', () => {
  it('has every item once, under its section, in order, and with a statement', () => {
    const numbers = ITEMS.map(({ id }) => id.split('.').map(Number))
    for (const [index, [section = 0, number = 0]] of numbers.entries()) {
      const [sectionBefore = 0, numberBefore = 0] = numbers[index - 1] ?? []
      expect(section === sectionBefore ? number > numberBefore : section > sectionBefore).toBe(true)
    }
    for (const { statement } of ITEMS) expect(statement.length).toBeGreaterThan(20)
  })

  it('has items for every section of PROTOCOL.md that says what happens', () => {
    for (const section of ['2', '3', '4', '5', '6', '7', '8', '9']) {
      expect(ITEMS.filter(isNamedBy(section))).not.toEqual([])
    }
    expect(ITEMS.filter(isNamedBy('3.2,9')).map(({ id }) => id)).toEqual(['3.2', '9.1'])
  })
})

describe('a server that is wrong', () => {
  it.each(PLANTED)('is found out: $name', { timeout: 120_000 }, async ({ start, failing, passing }) => {
    await using lab = await start()
    const items = ITEMS.filter(isNamedBy([...failing, ...passing].join(',')))
    expect(items).toHaveLength(failing.length + passing.length)
    const outcomes = await runItems({
      url: lab.url,
      items,
      codecs: ['json'],
      patienceMs: SHORT_PATIENCE_MS,
    })
    const failed = outcomes.flatMap(({ item, failure }) => (failure ? [item.id] : []))
    expect(failed).toEqual(failing)
  })
})

describe('our server', () => {
  let lab: Lab

  beforeAll(async () => {
    lab = await startLab()
  })

  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
  })

  it('does what PROTOCOL.md says, over both codecs', { timeout: 600_000 }, async () => {
    const outcomes = await runItems({ url: lab.url, items: ITEMS })
    expect(failuresOf(outcomes)).toBe('')
    expect(outcomes).toHaveLength(2 * ITEMS.length)
    expect(tableOf(outcomes)).toContain('A whole exchange')
  })
})
