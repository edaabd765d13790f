import { describe, expect, it } from 'vitest'
import { FakeClock } from './fake-clock.ts'

describe('FakeClock', () => {
  it('stands still until it is moved', () => {
    const clock = new FakeClock(1_700_000_000_000)
    expect([clock.now(), clock.monotonic()]).toEqual([1_700_000_000_000, 0])
    clock.advance(250)
    expect([clock.now(), clock.monotonic()]).toEqual([1_700_000_000_250, 250])
  })

  it('fires timers by due time, those due together in the order in which they were set', () => {
    const clock = new FakeClock()
    const fired: string[] = []
    const note = (name: string) => () => void fired.push(`${name}@${clock.monotonic()}`)
    clock.setTimer(note('late'), 20)
    clock.setTimer(note('first'), 10)
    clock.setTimer(note('second'), 10)
    clock.advance(9)
    expect(fired).toEqual([])
    clock.advance(100)
    expect(fired).toEqual(['first@10', 'second@10', 'late@20'])
  })

  it('fires a timer set by a timer within the same advance when it falls due in it', () => {
    const clock = new FakeClock()
    const fired: number[] = []
    const repeat = (): void => {
      fired.push(clock.monotonic())
      clock.setTimer(repeat, 10)
    }
    clock.setTimer(repeat, 10)
    clock.advance(35)
    expect(fired).toEqual([10, 20, 30])
    expect(clock.timerCount).toBe(1)
  })

  it('forgets a cancelled timer, and tolerates cancelling one that fired or was cancelled', () => {
    const clock = new FakeClock()
    const fired: string[] = []
    const kept = clock.setTimer(() => fired.push('kept'), 10)
    const dropped = clock.setTimer(() => fired.push('dropped'), 10)
    dropped.cancel()
    dropped.cancel()
    clock.advance(10)
    kept.cancel()
    expect(fired).toEqual(['kept'])
    expect(clock.timerCount).toBe(0)
  })

  it('runs deferred callbacks before any timer, also those deferred by deferred ones', () => {
    const clock = new FakeClock()
    const order: string[] = []
    clock.setTimer(() => order.push('timer'), 0)
    clock.defer(() => {
      order.push('deferred')
      clock.defer(() => order.push('nested'))
    })
    clock.advance(0)
    expect(order).toEqual(['deferred', 'nested', 'timer'])
  })

  it('flushes deferred callbacks without moving time or firing timers', () => {
    const clock = new FakeClock()
    const order: string[] = []
    clock.setTimer(() => order.push('timer'), 0)
    clock.defer(() => order.push('deferred'))
    clock.flush()
    expect(order).toEqual(['deferred'])
  })

  it('lets promise chains run before deferred callbacks of a settled turn and between timers', async () => {
    const clock = new FakeClock()
    const order: string[] = []
    clock.setTimer(() => {
      order.push('timer 1')
      void Promise.resolve()
        .then(() => Promise.resolve())
        .then(() => {
          order.push('promise')
          clock.defer(() => order.push('deferred'))
        })
    }, 10)
    clock.setTimer(() => order.push('timer 2'), 10)
    await clock.advanceAsync(10)
    expect(order).toEqual(['timer 1', 'promise', 'deferred', 'timer 2'])
  })
})
