import { beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../testing/fake-clock.ts'
import { Heartbeat } from './heartbeat.ts'

describe('Heartbeat', () => {
  let clock: FakeClock
  let events: string[]
  let heartbeat: Heartbeat

  beforeEach(() => {
    clock = new FakeClock()
    events = []
    heartbeat = new Heartbeat(clock, 25_000, {
      ping: () => events.push('ping'),
      dead: () => events.push('dead'),
    })
  })

  it('asks after a silence, and gives up ten seconds later', async () => {
    await clock.advance(24_999)
    expect(events).toEqual([])
    await clock.advance(1)
    expect(events).toEqual(['ping'])
    await clock.advance(9_999)
    expect(events).toEqual(['ping'])
    await clock.advance(1)
    expect(events).toEqual(['ping', 'dead'])
  })

  it('counts the silence from the last message', async () => {
    await clock.advance(20_000)
    heartbeat.heard()
    await clock.advance(24_999)
    expect(events).toEqual([])
    await clock.advance(1)
    expect(events).toEqual(['ping'])
  })

  it('takes anything for a sign of life, also in the same millisecond', async () => {
    await clock.advance(25_000)
    heartbeat.heard()
    await clock.advance(24_999)
    expect(events).toEqual(['ping'])
    await clock.advance(10_000)
    expect(events).toEqual(['ping', 'ping'])
  })

  it('asks at once when in doubt, and only once at a time', async () => {
    heartbeat.probe()
    heartbeat.probe()
    expect(events).toEqual(['ping'])
    await clock.advance(10_000)
    expect(events).toEqual(['ping', 'dead'])
  })

  it('leaves no timer behind', () => {
    heartbeat.stop()
    expect(clock.timerCount).toBe(0)
  })
})
