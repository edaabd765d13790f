// The checklist as part of `npm test`, and what keeps the suite itself honest.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CHOPPINGS } from './chopping.ts'
import { Host, TRANSPORTS } from './host.ts'
import { isAliveAtTheEnd } from './liveness.ts'
import { countNotApplicable, EXCLUSIONS, numbersIn } from './not-applicable.ts'
import { PLANTED } from './planted.ts'
import { ITEMS } from './registry.ts'
import { countsOf, failuresOf } from './report.ts'
import { planCells, runItems } from './runner.ts'

/** How many lines the checklist has. */
const LAST_ITEM = 168
/** The cells without a meaning. Whoever changes this number has a reason in the table of not-applicable.ts. */
const NOT_APPLICABLE = 397

const SEED = 20_260_101

describe('the registry', () => {
  it('has a test for every item of the checklist, in order, and no other', () => {
    expect(ITEMS.map(({ number }) => number)).toEqual(
      Array.from({ length: LAST_ITEM }, (_, index) => index + 1),
    )
    for (const { statement, section } of ITEMS) {
      expect(statement.length).toBeGreaterThan(20)
      expect(section).toMatch(/^\d{4} §\d/)
    }
  })

  it('leaves out a fixed number of cells, each once and with a reason, and tests all others', () => {
    const { cells, notApplicable } = planCells(ITEMS)
    expect(notApplicable.length).toBe(NOT_APPLICABLE)
    expect(countNotApplicable()).toBe(NOT_APPLICABLE)
    expect(cells.length + notApplicable.length).toBe(LAST_ITEM * TRANSPORTS.length * CHOPPINGS.length)
    for (const { reason, items } of EXCLUSIONS) {
      expect(reason.length).toBeGreaterThan(20)
      expect(numbersIn(items).every((number) => number >= 1 && number <= LAST_ITEM)).toBe(true)
    }
  })

  it('leaves no item without a cell', () => {
    const tested = new Set(planCells(ITEMS).cells.map(({ item }) => item.number))
    expect(tested.size).toBe(LAST_ITEM)
  })
})

describe('a server that is wrong', () => {
  it.each(PLANTED)('is found out: $name', { timeout: 120_000 }, async ({ factory, failing, passing }) => {
    const host = await Host.start(factory, ['h1'])
    const items = ITEMS.filter(({ number }) => failing.includes(number) || passing.includes(number))
    const report = await runItems({ host, items, transports: ['h1'], seed: SEED })
    await host[Symbol.asyncDispose]()
    const failed = new Set(report.outcomes.filter(({ failure }) => failure).map(({ item }) => item.number))
    expect([...failed].sort((a, b) => a - b)).toEqual(failing)
  })
})

describe('our server', () => {
  let host: Host

  beforeAll(async () => {
    host = await Host.start()
  })

  afterAll(async () => {
    await host[Symbol.asyncDispose]()
  })

  it('conforms in every cell, and one process serves them all', { timeout: 900_000 }, async () => {
    const report = await runItems({ host, items: ITEMS, seed: SEED })
    expect(failuresOf(report)).toBe('')
    expect(countsOf(report)).toEqual({ passed: report.outcomes.length, failed: 0 })
    expect(await isAliveAtTheEnd(host)).toBe(true)
  })
})
