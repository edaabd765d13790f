import { describe, expect, it } from 'vitest'
import { isClean } from './checker.ts'
import { run } from './run.ts'

describe('the simulation', () => {
  it('finds nothing lost, doubled, out of order or made up in thirty seeds', async () => {
    for (let seed = 10_001; seed <= 10_030; seed++) {
      const { verdict } = await run(seed)
      expect(verdict, `seed ${seed}`).toMatchObject({
        lost: [],
        duplicated: [],
        reordered: [],
        phantoms: [],
        ghosts: [],
        stuck: [],
      })
      expect(verdict.deliveries).toBeGreaterThan(0)
    }
  })

  it('is determined by its seed', async () => {
    expect(await run(7)).toEqual(await run(7))
  })

  it.each(['broker-dedupe-off', 'recovery-off-by-one', 'client-dedupe-off'] as const)(
    'catches the planted bug %s',
    async (bug) => {
      const isCaught = async (seed: number): Promise<boolean> => !isClean((await run(seed, bug)).verdict)
      let caughtBy: number | undefined
      for (let seed = 1; seed <= 20 && caughtBy === undefined; seed++)
        if (await isCaught(seed)) caughtBy = seed
      expect(caughtBy).toBeDefined()
    },
  )
})
