// The attacks of the list against one server process, which must be alive and well at the end. `pnpm attack` runs them in
// full.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AFTERWARDS, ATTACKS } from './all-attacks.ts'
import { describeOutcomes, type Outcome } from './print-outcomes.ts'
import { Stage } from './stage.ts'

/** A1 to A21, and A39 to A47 without A45, which is about Redis, of which there is none. */
const CLASSES = [...Array.from({ length: 21 }, (_, index) => index + 1), 39, 40, 41, 42, 43, 44, 46, 47]

let stage: Stage
const outcomes: Outcome[] = []

beforeAll(async () => {
  stage = await Stage.start(false)
})

afterAll(async () => {
  await stage[Symbol.asyncDispose]()
  console.log(describeOutcomes(outcomes))
})

describe('One server process under attack', () => {
  it('is attacked in every way of the list', () => {
    const classes = new Set(ATTACKS.map(({ id }) => parseInt(id.slice(1), 10)))
    expect([...classes]).toEqual(CLASSES)
  })

  it.each([...ATTACKS, AFTERWARDS].map((attack) => [attack.id, attack.name, attack] as const))(
    'withstands %s: %s',
    async (_id, _name, attack) => {
      const startedAt = performance.now()
      const measured = await attack.run(stage)
      outcomes.push({ attack, ...measured, ms: performance.now() - startedAt })
      expect(measured.holds, `${measured.bound}; measured: ${measured.measured}`).toBe(true)
    },
  )
})
