import { describe, expect, it } from 'vitest'
import { defer } from '../../testing/deferred.ts'
import { FakeClock } from '../../testing/fake-clock.ts'
import { ZlibPool } from './zlib-pool.ts'

describe('Short jobs', () => {
  it('run at once while the turn has time left for them, then in later turns, in order', async () => {
    const clock = new FakeClock()
    // Letting time pass would end the turn, and here it passes within one.
    const turns: (() => void)[] = []
    clock.defer = (callback) => turns.push(callback)
    const pool = new ZlibPool({ clock, maxMsPerTurn: 5 })
    const done: number[] = []
    const run = (name: number) =>
      pool.runHere(() => {
        clock.advance(2)
        return done.push(name)
      })

    expect([1, 2, 3].map(run)).toEqual([1, 2, 3])
    const later = [4, 5, 6, 7].map(async (name) => run(name))

    expect(pool.waiting).toBe(4)
    turns.shift()!()
    expect(done).toEqual([1, 2, 3, 4, 5, 6])
    turns.shift()!()
    expect(await Promise.all(later)).toEqual([4, 5, 6, 7])
    expect(pool.waiting).toBe(0)
    turns.shift()?.()
    expect(turns).toEqual([])
    expect(run(8)).toBe(8)
  })
})

describe('Long jobs', () => {
  it('run so many at a time, first come, first served', async () => {
    const pool = new ZlibPool({ maxThreads: 2 })
    const jobs = [1, 2, 3, 4].map((name) => ({ name, gate: defer() }))
    const started: number[] = []
    const results = jobs.map(({ name, gate }) =>
      pool.runInThread(async () => {
        started.push(name)
        await gate.promise
        return name
      }),
    )
    expect([started, pool.threads, pool.waiting]).toEqual([[1, 2], 2, 2])
    jobs[1]!.gate.resolve()
    expect(await results[1]).toBe(2)
    expect([started, pool.threads, pool.waiting]).toEqual([[1, 2, 3], 2, 1])
    for (const { gate } of jobs) gate.resolve()
    expect(await Promise.all(results)).toEqual([1, 2, 3, 4])
    expect([started, pool.threads, pool.waiting]).toEqual([[1, 2, 3, 4], 0, 0])
  })
})
