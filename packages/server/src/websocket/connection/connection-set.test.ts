import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import { SeededRandom } from '../../testing/seeded-random.ts'
import { ConnectionSet } from './connection-set.ts'
import type { ConnectionKeeper, WebSocketConnection } from './websocket-connection.ts'

/** A connection as far as the set knows it; it answers a close when told to. */
class Probe {
  readonly calls: string[] = []
  #keeper: ConnectionKeeper | undefined

  #seat = -1

  keepBy(keeper: ConnectionKeeper, seat: number): void {
    this.#keeper = keeper
    this.#seat = seat
  }

  close(code: number, reason: string): void {
    this.calls.push(`close ${code} ${reason}`)
  }

  terminate(): void {
    this.calls.push('terminate')
    this.end()
  }

  end(): void {
    this.#keeper?.forget(this as unknown as WebSocketConnection, this.#seat)
  }
}

function createSet(count: number) {
  const clock = new FakeClock()
  const set = new ConnectionSet({ clock, random: new SeededRandom(1), closeTimeoutMs: 5000 })
  const probes = Array.from({ length: count }, () => new Probe())
  for (const probe of probes) set.add(probe as unknown as WebSocketConnection)
  const closed = (): number => probes.filter(({ calls }) => calls.length > 0).length
  return { clock, set, probes, closed }
}

describe('ConnectionSet', () => {
  it('closes all at once and resolves when the last is gone', async () => {
    const { clock, set, probes } = createSet(3)
    let isDone = false
    void set.closeAll(1001, 'bye').then(() => (isDone = true))
    expect(probes.map(({ calls }) => calls)).toEqual(Array.from({ length: 3 }, () => ['close 1001 bye']))
    probes[0]!.end()
    probes[1]!.end()
    await clock.settle()
    expect([isDone, set.size]).toEqual([false, 1])
    probes[2]!.end()
    await clock.settle()
    expect([isDone, set.size]).toEqual([true, 0])
  })

  it('resolves at once when there is none', async () => {
    const { clock, set } = createSet(0)
    await set.closeAll(1001, '')
    await set.drain()
    expect(clock.timerCount).toBe(0)
  })

  it('drains in batches, evenly over the window, with 1012', async () => {
    const { clock, set, probes, closed } = createSet(1000)
    const drained = set.drain({ windowMs: 10_000 })
    for (const share of [0.25, 0.5, 0.75]) {
      await clock.advanceAsync(2500)
      expect(closed() / 1000).toBeGreaterThan(share - 0.06)
      expect(closed() / 1000).toBeLessThan(share + 0.06)
    }
    await clock.advanceAsync(2500)
    expect(closed()).toBe(1000)
    expect(probes[0]!.calls).toEqual(['close 1012 restart'])
    for (const probe of probes) probe.end()
    await drained
    expect(clock.timerCount).toBe(0)
  })

  it('terminates at the deadline what has not gone', async () => {
    const { clock, set, probes } = createSet(2)
    const drained = set.drain({ windowMs: 1000, deadlineMs: 3000, code: 4000, reason: 'move' })
    await clock.advanceAsync(1000)
    probes[0]!.end()
    await clock.advanceAsync(1999)
    expect(probes[1]!.calls).toEqual(['close 4000 move'])
    await clock.advanceAsync(1)
    await drained
    expect(probes[1]!.calls).toEqual(['close 4000 move', 'terminate'])
    expect(clock.timerCount).toBe(0)
  })

  it.each([
    { code: 1006 },
    { reason: 'x'.repeat(124) },
    { windowMs: NaN },
    { deadlineMs: -1 },
    { windowMs: '1s' },
  ])('refuses %o and closes nothing', async (options: object) => {
    const { clock, set, closed } = createSet(3)
    await expect(set.drain(options)).rejects.toThrow(Error)
    expect([closed(), clock.timerCount]).toEqual([0, 0])
  })

  it('never waits longer than the deadline, whatever the window', async () => {
    const { clock, set, closed } = createSet(10)
    const drained = set.drain({ windowMs: 60_000, deadlineMs: 500 })
    await clock.advanceAsync(500)
    await drained
    expect(closed()).toBe(10)
  })
})
