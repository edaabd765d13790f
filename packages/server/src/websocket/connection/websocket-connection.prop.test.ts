import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openTalkingPair } from '../../testing/websocket/connection-pair.ts'

describe('a connection, for any input', () => {
  it('never throws, logs no error and reports the end exactly once', async () => {
    const frame = fc
      .tuple(fc.nat(255), fc.nat(255), fc.uint8Array({ maxLength: 140 }))
      .map(([first, second, rest]) => Uint8Array.of(first & 0x8f, second | 0x80, ...rest))
    const chunk = fc.oneof(frame, fc.uint8Array({ minLength: 1, maxLength: 20 }))
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 8 }), fc.boolean(), async (chunks, isReset) => {
        const { clock, peer, recorder, errors } = openTalkingPair()
        for (const bytes of chunks) peer.socket.write(bytes)
        await clock.settle()
        if (isReset) peer.socket.destroy(new Error('reset'))
        else peer.socket.end()
        await clock.advanceAsync(60_000)
        expect(recorder.closes).toHaveLength(1)
        expect(errors).toEqual([])
        expect(clock.timerCount).toBe(0)
      }),
      { numRuns: 300 },
    )
  })
})
