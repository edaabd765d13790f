// How much is replayed at once.
import { describe, expect, it } from 'vitest'
import { DEFAULT_SESSION_LIMITS } from '../session-limits.ts'
import { TestInstance } from '../../testing/test-instance.ts'

const ROOM = 'chat:1'

describe('a replay that is longer than the limit', () => {
  it('is cut after a part, and the client is told to ask for the rest', async () => {
    const instance = new TestInstance({ limits: { ...DEFAULT_SESSION_LIMITS, maxReplayBytes: 40 } })
    const { top: start } = await instance.services.broker.read(
      ROOM,
      { last: 0 },
      { maxItems: 5, ttlMs: 60_000 },
    )
    for (const text of ['a', 'b', 'c', 'd', 'e']) await instance.publish(ROOM, text)
    const client = await instance.connect()

    const texts: string[] = []
    let recover = start
    const parts: number[] = []
    for (let isWhole = false; !isWhole;) {
      const { replay, recovered } = await client.request({ type: 'subscribe', room: ROOM, recover })
      expect(recovered).toBe(true)
      parts.push(replay)
      for (let n = 0; n < replay; n++) {
        const push = await client.nextPush()
        if (push.type !== 'publication') throw new Error(`unexpected ${push.type}`)
        texts.push((push.data as { text: string }).text)
        recover = { epoch: start.epoch, offset: push.offset, tag: push.tag }
      }
      isWhole = texts.length === 5
      if (!isWhole)
        expect(await client.nextPush()).toMatchObject({ type: 'unsubscribed', room: ROOM, code: 2002 })
    }
    expect(texts).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(parts.length).toBeGreaterThan(1)

    await instance.publish(ROOM, 'live')
    expect(await client.nextPush()).toMatchObject({ data: { text: 'live' } })
  })

  it('has at least one publication in each part, however large that is', async () => {
    const instance = new TestInstance({ limits: { ...DEFAULT_SESSION_LIMITS, maxReplayBytes: 1 } })
    for (const text of ['a', 'b']) await instance.publish(ROOM, text)
    const client = await instance.connect()
    expect(await client.request({ type: 'subscribe', room: ROOM, rewind: 2 })).toMatchObject({ replay: 1 })
    expect(instance.services.hub.roomCount).toBe(0)
  })
})
