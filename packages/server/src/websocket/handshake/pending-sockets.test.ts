import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import { PendingSockets, type PendingSocket, type Place } from './pending-sockets.ts'

/** Three per group, ten seconds for each. */
function setUp() {
  const clock = new FakeClock()
  const ended: string[] = []
  let timeoutMs = 10_000
  const sockets = new PendingSockets({ clock, timeoutMs: () => timeoutMs, maxPerGroup: () => 3 })
  const places = new Map<string, Place<PendingSocket>>()
  const add = (key: string, group = 'a'): void => {
    places.set(key, sockets.add({ group, end: (reason) => ended.push(`${key} ${reason}`) }))
  }
  const remove = (key: string): void => sockets.delete(places.get(key)!)
  const shorten = (ms: number): void => {
    timeoutMs = ms
    sockets.reschedule()
  }
  return { clock, ended, sockets, add, remove, shorten }
}

describe('PendingSockets', () => {
  it('ends each when its time is over, with one timer for all', () => {
    const { clock, ended, sockets, add } = setUp()
    add('1')
    clock.advance(4000)
    add('2')
    add('3', 'b')
    expect(clock.timerCount).toBe(1)
    clock.advance(5999)
    expect(ended).toEqual([])
    clock.advance(1)
    expect(ended).toEqual(['1 late'])
    clock.advance(4000)
    expect(ended).toEqual(['1 late', '2 late', '3 late'])
    expect([sockets.size, clock.timerCount]).toEqual([0, 0])
  })

  it('forgets those that delivered, and its timer with the last one', () => {
    const { clock, ended, sockets, add, remove } = setUp()
    add('1')
    add('2')
    remove('1')
    remove('1')
    expect(clock.timerCount).toBe(1)
    remove('2')
    expect([sockets.size, clock.timerCount]).toEqual([0, 0])
    clock.advance(60_000)
    expect(ended).toEqual([])
  })

  it('ends the oldest of a group that is too many, and of no other', () => {
    const { ended, sockets, add, remove } = setUp()
    add('other', 'b')
    for (const key of ['1', '2', '3', '4', '5']) add(key)
    expect(ended).toEqual(['1 crowded', '2 crowded'])
    expect(sockets.size).toBe(4)
    remove('4')
    add('6')
    expect(ended).toHaveLength(2)
  })

  it('gives what arrived during a stall its turn before it judges', () => {
    const clock = new FakeClock()
    const deferred: (() => void)[] = []
    const ended: string[] = []
    const sockets = new PendingSockets({
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic(),
        setTimer: (callback, delayMs) => clock.setTimer(callback, delayMs),
        defer: (callback) => void deferred.push(callback),
      },
      timeoutMs: () => 10_000,
      maxPerGroup: () => 3,
    })
    const [first] = ['1', '2'].map((key) => sockets.add({ group: 'a', end: () => ended.push(key) }))
    clock.advance(10_000)
    // The poll phase that follows the timers reads the request of one.
    sockets.delete(first!)
    for (const callback of deferred) callback()
    expect(ended).toEqual(['2'])
  })

  it('takes a shorter time at once', () => {
    const { clock, ended, add, shorten } = setUp()
    add('1')
    shorten(1000)
    clock.advance(1000)
    expect(ended).toEqual(['1 late'])
  })

  it('A47: a hundred thousand that come and go leave nothing', () => {
    const { clock, sockets, add, remove } = setUp()
    for (let index = 0; index < 100_000; index++) {
      add(String(index), String(index % 1000))
      remove(String(index))
    }
    expect([sockets.size, clock.timerCount]).toEqual([0, 0])
  })
})
