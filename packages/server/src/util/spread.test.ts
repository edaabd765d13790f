import { expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { SeededRandom } from '../testing/seeded-random.ts'
import { spread } from './spread.ts'

const items = Array.from({ length: 1000 }, (_, index) => index)

it('acts on each once, evenly over the window and not beyond it', () => {
  const clock = new FakeClock()
  const done: number[] = []
  spread(items, { clock, random: new SeededRandom(1), windowMs: 1000 }, (item) => done.push(item))
  clock.advance(500)
  expect(done.length).toBeGreaterThan(400)
  expect(done.length).toBeLessThan(700)
  clock.advance(500)
  expect([...done].sort((a, b) => a - b)).toEqual(items)
  expect(clock.timerCount).toBe(0)
})

it('does all at once without a window, in their order', () => {
  const clock = new FakeClock()
  const done: number[] = []
  spread(items, { clock, random: new SeededRandom(1), windowMs: 0 }, (item) => done.push(item))
  clock.advance(0)
  expect(done).toEqual(items)
})

it('leaves the rest alone when it is cancelled', () => {
  const clock = new FakeClock()
  const done: number[] = []
  const timer = spread(items, { clock, random: new SeededRandom(1), windowMs: 1000 }, (item) =>
    done.push(item),
  )
  clock.advance(300)
  const { length } = done
  timer.cancel()
  clock.advance(10_000)
  expect([done.length, clock.timerCount]).toEqual([length, 0])
})
