import { duplexPair, type Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { defer } from '../../testing/deferred.ts'
import { FakeClock } from '../../testing/fake-clock.ts'
import { utf8 } from '../../testing/websocket/hex.ts'
import { PendingHandshake, type Waiting } from './pending-handshake.ts'

/** A handshake that waits for its decision, and what became of it. */
function setUp() {
  const clock = new FakeClock()
  const [stream, peer] = duplexPair()
  const decision = defer<string>()
  const controller = new AbortController()
  const pending = new Set<Waiting>()
  const outcomes: unknown[] = []
  new PendingHandshake({
    stream,
    head: utf8('head,'),
    decision: decision.promise,
    controller,
    pending,
    clock,
    limits: { authorizeTimeoutMs: 1000, maxEarlyBytes: 20 },
    onDecided: (value, head) => outcomes.push([value, String(Buffer.from(head))]),
    onFailed: ({ status }, failure, head) =>
      outcomes.push([status, (failure?.error as Error | undefined)?.message, String(Buffer.from(head))]),
  })
  const { signal } = controller
  const nothingIsLeft = (): void => {
    expect([clock.timerCount, pending.size]).toEqual([0, 0])
    expect(stream.listenerCount('data')).toBe(0)
  }
  return { clock, stream, peer, decision, signal, pending, outcomes, nothingIsLeft }
}

/** Whatever comes later changes nothing. */
async function settleLate(test: {
  decision: { reject: (error: Error) => void }
  stream: Duplex
  clock: FakeClock
}) {
  test.decision.reject(new Error('too late'))
  test.stream.destroy(new Error('ECONNRESET'))
  await test.clock.advanceAsync(60_000)
}

describe('PendingHandshake', () => {
  it('31: hands over the decision with all that came behind the request', async () => {
    const { clock, peer, decision, signal, outcomes, nothingIsLeft } = setUp()
    peer.write('a')
    peer.write('b')
    await clock.settle()
    decision.resolve('welcome')
    await clock.settle()
    expect(outcomes).toEqual([['welcome', 'head,ab']])
    expect(signal.aborted).toBe(false)
    nothingIsLeft()
  })

  it('reads no more once there is too much, and loses nothing', async () => {
    const { clock, stream, peer, decision, outcomes, nothingIsLeft } = setUp()
    for (const piece of ['0123456789', 'abcdefghij', 'ABCDEFGHIJ']) {
      peer.write(piece)
      await clock.settle()
    }
    expect([stream.isPaused(), stream.readableLength]).toEqual([true, 10])
    decision.resolve('welcome')
    await clock.settle()
    expect(outcomes).toEqual([['welcome', 'head,0123456789abcdefghij']])
    expect(String(stream.read())).toBe('ABCDEFGHIJ')
    nothingIsLeft()
  })

  it.each(['end', 'destroy'] as const)('30: answers nobody after the client has gone (%s)', async (way) => {
    const test = setUp()
    const { clock, stream, peer, signal, outcomes, nothingIsLeft } = test
    if (way === 'end') peer.end()
    else stream.destroy(new Error('ECONNRESET'))
    await clock.settle()
    expect([signal.aborted, stream.destroyed]).toEqual([true, true])
    await settleLate(test)
    expect(outcomes).toEqual([])
    nothingIsLeft()
  })

  it('refuses with 503 when the application takes too long', async () => {
    const test = setUp()
    await test.clock.advanceAsync(999)
    expect(test.signal.aborted).toBe(false)
    await test.clock.advanceAsync(1)
    expect(test.signal.aborted).toBe(true)
    test.nothingIsLeft()
    await settleLate(test)
    expect(test.outcomes).toEqual([[503, 'authorize took too long', 'head,']])
  })

  it('refuses with 500 when the application fails', async () => {
    const { clock, decision, outcomes, nothingIsLeft } = setUp()
    decision.reject(new Error('no database'))
    await clock.settle()
    expect(outcomes).toEqual([[500, 'no database', 'head,']])
    nothingIsLeft()
  })

  it('28: refuses with 503 when the server shuts down, which is nothing to log', async () => {
    const test = setUp()
    for (const waiting of test.pending) waiting.turnAway()
    expect(test.signal.aborted).toBe(true)
    test.nothingIsLeft()
    await settleLate(test)
    expect(test.outcomes).toEqual([[503, undefined, 'head,']])
  })
})
