import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import { TurnBudget, Turns } from './turns.ts'

/** A clock whose time passes while things are done: each continuation takes as long as it says. */
function createTurns() {
  const clock = new FakeClock()
  let nowMs = 0
  clock.monotonic = () => nowMs
  const done: string[] = []
  const task = (name: string, takesMs: number) => ({
    goOn: () => {
      done.push(name)
      nowMs += takesMs
    },
  })
  return { clock, turns: Turns.of(clock), done, task, now: () => nowMs, spend: (ms: number) => (nowMs += ms) }
}

describe('Turns', () => {
  it('is late when a turn has gone on for 40 ms, and not in the next one', async () => {
    const { clock, turns, now, spend } = createTurns()
    expect(turns.isLate(now())).toBe(false)
    spend(39)
    expect(turns.isLate(now())).toBe(false)
    spend(1)
    expect(turns.isLate(now())).toBe(true)
    await clock.settle()
    expect(turns.isLate(now())).toBe(false)
  })

  it('goes on with what waits in the order of asking, for 40 ms of each turn', () => {
    const { clock, turns, done, task } = createTurns()
    const perTurn: number[] = []
    const callbacks: (() => void)[] = []
    clock.defer = (callback) => void callbacks.push(callback)
    for (let index = 0; index < 10; index++) turns.goOnLater(task(`${index}`, 16))
    while (callbacks.length > 0) {
      for (const callback of callbacks.splice(0)) callback()
      perTurn.push(done.length)
    }
    expect(perTurn).toEqual([3, 6, 9, 10])
    expect(done).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })

  it('is late as long as others wait, so that nobody overtakes them', () => {
    const { turns, task, now } = createTurns()
    expect(turns.isLate(now())).toBe(false)
    turns.goOnLater(task('first', 1))
    expect(turns.isLate(now())).toBe(true)
  })

  it('does not go on in the same turn with who asks again', () => {
    const { clock, turns } = createTurns()
    const callbacks: (() => void)[] = []
    clock.defer = (callback) => void callbacks.push(callback)
    let count = 0
    const again = { goOn: () => void (++count < 5 && turns.goOnLater(again)) }
    turns.goOnLater(again)
    for (const callback of callbacks.splice(0)) callback()
    expect(count).toBe(1)
  })
})

describe('TurnBudget', () => {
  it('is full again in each turn', async () => {
    const { clock, turns } = createTurns()
    const budget = new TurnBudget(turns, 3)
    budget.spend(2)
    expect(budget.left).toBe(1)
    budget.spend(5)
    expect(budget.left).toBe(-4)
    await clock.settle()
    expect(budget.left).toBe(3)
  })
})
