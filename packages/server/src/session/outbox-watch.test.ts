import { describe, expect, it, vi } from 'vitest'
import { jsonCodec } from '@roomcast/protocol/wire'
import { FakeClock } from '../testing/fake-clock.ts'
import { MemoryTransport } from '../transport/memory-transport.ts'
import { OutgoingMessage } from '../transport/transport.ts'
import { OutboxWatch } from './outbox-watch.ts'

const LIMITS = { maxOutboxBytes: 100, slowConsumerMs: 5_000 }

/** A watch that has begun, and a client that does not read. */
function watch() {
  const clock = new FakeClock()
  const { server, client } = MemoryTransport.pair({ codec: jsonCodec, network: (arrive) => arrive() })
  client.start({ message: () => {}, close: () => {} })
  client.pause()
  const fellBehind = vi.fn()
  const outboxWatch = new OutboxWatch({ transport: server, fellBehind }, clock, LIMITS)
  return {
    clock,
    client,
    outboxWatch,
    fellBehind,
    queue: (bytes: number) => server.send(new OutgoingMessage('x'.repeat(bytes))),
  }
}

describe('OutboxWatch', () => {
  it('finds a client behind that has too much to read when the time is over, and not before', () => {
    const { clock, queue, fellBehind } = watch()
    queue(101)
    clock.advance(4_999)
    expect(fellBehind).not.toHaveBeenCalled()
    clock.advance(1)
    expect(fellBehind).toHaveBeenCalledOnce()
    expect(clock.timerCount).toBe(0)
  })

  it('looks again after the same time while no more waits than may', () => {
    const { clock, queue, fellBehind } = watch()
    queue(100)
    clock.advance(10_000)
    expect(fellBehind).not.toHaveBeenCalled()
    queue(1)
    clock.advance(4_999)
    expect(fellBehind).not.toHaveBeenCalled()
    clock.advance(1)
    expect(fellBehind).toHaveBeenCalledOnce()
  })

  it('leaves no timer behind when it is stopped, also after it has looked', () => {
    for (const waitedMs of [0, 5_000]) {
      const { clock, queue, outboxWatch, fellBehind } = watch()
      clock.advance(waitedMs)
      queue(1_000)
      outboxWatch.stop()
      expect(clock.timerCount).toBe(0)
      clock.advance(20_000)
      expect(fellBehind).not.toHaveBeenCalled()
    }
  })
})
