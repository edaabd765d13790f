import { beforeEach, describe, expect, it } from 'vitest'
import { createConnectedBench, type Bench } from '../testing/fake-server.ts'
import { settled } from '../testing/fake-clock.ts'

describe('publications()', () => {
  let bench: Bench

  const open = () => bench.client.room('chat:{roomId}', { roomId: '1' })

  /** Begins to iterate and grants the subscription. */
  async function iterate() {
    const iterator = open().publications('message')[Symbol.asyncIterator]()
    await settled()
    bench.server.grant()
    return iterator
  }

  beforeEach(async () => {
    bench = await createConnectedBench()
  })

  it('gives what is published, before and after it is asked for', async () => {
    const iterator = await iterate()
    bench.server.publish(1)
    expect(await iterator.next()).toMatchObject({ value: { offset: 1, data: { text: 'text 1' } } })
    const next = iterator.next()
    bench.server.publish(2)
    expect(await next).toMatchObject({ value: { offset: 2 } })
  })

  it('gives only the event that was asked for', async () => {
    const iterator = await iterate()
    const other = {
      room: 'chat:1',
      id: 'x',
      event: 'removed',
      offset: 1,
      tag: 1001,
      time: 0,
      data: { id: '9' },
    }
    bench.server.push({ type: 'publication', ...other })
    bench.server.publish(2)
    expect(await iterator.next()).toMatchObject({ value: { offset: 2 } })
  })

  it('holds a lease until the loop ends', async () => {
    const seen: number[] = []
    const loop = (async () => {
      for await (const { offset } of open().publications('message')) {
        seen.push(offset)
        if (offset === 2) break
      }
    })()
    await settled()
    bench.server.grant()
    for (const offset of [1, 2, 3]) bench.server.publish(offset)
    await loop
    await bench.clock.advance(250)
    expect(seen).toEqual([1, 2])
    expect(bench.server.types).toEqual(['unsubscribe'])
  })

  it('ends at once when told to, also while a reader waits', async () => {
    const iterator = await iterate()
    const next = iterator.next()
    expect(await iterator.return!()).toEqual({ done: true, value: undefined })
    expect(await next).toEqual({ done: true, value: undefined })
  })

  it('gives what it has and then throws when it is read too slowly', async () => {
    const iterator = await iterate()
    for (let offset = 1; offset <= 1001; offset++) bench.server.publish(offset)
    for (let offset = 1; offset <= 1000; offset++) {
      expect(await iterator.next()).toMatchObject({ value: { offset } })
    }
    await expect(iterator.next()).rejects.toMatchObject({ code: 'overflow' })
    expect(await iterator.next()).toEqual({ done: true, value: undefined })
    await bench.clock.advance(250)
    expect(open().status).toBe('unsubscribed')
  })

  it('throws what the server refuses with', async () => {
    const next = open().publications()[Symbol.asyncIterator]().next()
    next.catch(() => {})
    await settled()
    bench.server.refuse(bench.server.take('subscribe'), { code: 'forbidden' })
    await expect(next).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('throws when the client stops', async () => {
    const iterator = await iterate()
    const next = iterator.next()
    next.catch(() => {})
    bench.client.disconnect()
    await expect(next).rejects.toMatchObject({ code: 'disconnected' })
  })
})
