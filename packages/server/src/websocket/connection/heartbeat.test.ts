import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import { Heartbeat, type Watched } from './heartbeat.ts'

class Probe implements Watched {
  readonly sweeps: number[] = []
  readonly expiries: number[] = []
  isOverdue = false
  slot = -1
  seat = -1

  sweep(nowMs: number): boolean {
    this.sweeps.push(nowMs)
    return this.isOverdue
  }

  expire(nowMs: number): void {
    this.expiries.push(nowMs)
  }
}

function createHeartbeat() {
  const clock = new FakeClock()
  return { clock, heartbeat: new Heartbeat({ clock, limits: { sweepIntervalMs: 1000 } }) }
}

describe('Heartbeat', () => {
  it('visits all connections with one timer', () => {
    const { clock, heartbeat } = createHeartbeat()
    const probes = [new Probe(), new Probe(), new Probe()]
    for (const probe of probes) heartbeat.add(probe)
    expect(clock.timerCount).toBe(1)
    clock.advance(2500)
    for (const probe of probes) expect(probe.sweeps).toEqual([1000, 2000])
  })

  it('spreads the visits over the interval as the connections came', () => {
    const { clock, heartbeat } = createHeartbeat()
    const probes = Array.from({ length: 4 }, () => new Probe())
    for (const probe of probes) {
      heartbeat.add(probe)
      clock.advance(250)
    }
    clock.advance(1000)
    expect(probes.map(({ sweeps }) => sweeps[0])).toEqual([1000, 1250, 1500, 1750])
    expect(probes.map(({ sweeps }) => sweeps.length)).toEqual([2, 1, 1, 1])
  })

  it('acts on passed deadlines only after what was deferred before, and only on those', () => {
    const { clock, heartbeat } = createHeartbeat()
    const [late, fine] = [new Probe(), new Probe()]
    late.isOverdue = true
    for (const probe of [late, fine]) heartbeat.add(probe)
    late.sweep = () => {
      clock.defer(() => expect(late.expiries).toEqual([]))
      return true
    }
    clock.advance(1000)
    expect([late.expiries, fine.expiries]).toEqual([[1000], []])
  })

  it('is shared by those who ask for one with the same clock and interval', () => {
    const clock = new FakeClock()
    const shared = (sweepIntervalMs: number): Heartbeat =>
      Heartbeat.shared({ clock, limits: { sweepIntervalMs } })
    expect(shared(1000)).toBe(shared(1000))
    expect(shared(1000)).not.toBe(shared(500))
    expect(clock.timerCount).toBe(0)
  })

  it('has no timer without connections, and starts again with the next', () => {
    const { clock, heartbeat } = createHeartbeat()
    const probe = new Probe()
    heartbeat.add(probe)
    heartbeat.delete(probe)
    expect(clock.timerCount).toBe(0)
    heartbeat.add(probe)
    clock.advance(1000)
    heartbeat.stop()
    expect([probe.sweeps, clock.timerCount]).toEqual([[1000], 0])
  })

  it('stays silent when the last connection goes during a visit', () => {
    const { clock, heartbeat } = createHeartbeat()
    const probe = new Probe()
    probe.sweep = () => {
      heartbeat.delete(probe)
      return false
    }
    heartbeat.add(probe)
    clock.advance(1000)
    expect(clock.timerCount).toBe(0)
  })
})
