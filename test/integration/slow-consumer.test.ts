// One client stops reading for a while under 10 MB/s: the others must not notice, and it must get everything in the end.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { defineContract } from '@roomcast/protocol'
import { createRoomcast } from '@roomcast/server'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { RawWebSocket } from '../support/raw-websocket.ts'

const contract = defineContract({
  version: 1,
  channels: {
    'feed:{id}': {
      events: { tick: z.object({ at: z.number(), pad: z.string() }) },
      history: { maxItems: 10_000, ttlMs: 60_000 },
    },
  },
})

const PER_SECOND = 1000
const PAD = 'x'.repeat(10_000)
const SECONDS = { calm: 1.5, stalled: 2.5 }

interface Tick {
  readonly type: string
  readonly offset: number
  readonly data: { readonly at: number }
}

/** The publications that have arrived. */
const ticksOf = ({ messages }: RawWebSocket): Tick[] =>
  (messages as unknown as Tick[]).filter(({ type }) => type === 'publication')

/** How long publications of a subscriber were under way, in milliseconds, at the 99th percentile; taken with each message. */
class Stopwatch {
  #delays: number[] = []

  watch(client: RawWebSocket): void {
    client.socket.on('data', () => {
      const now = performance.now()
      for (const { data } of ticksOf(client)) this.#delays.push(now - data.at)
      client.frames.length = 0
    })
  }

  /** Of what has arrived since the last time. */
  takeP99(): number {
    const sorted = this.#delays.sort((a, b) => a - b)
    this.#delays = []
    return sorted[Math.floor(sorted.length * 0.99)] ?? NaN
  }
}

it(
  'keeps nothing from the others, and gets every publication in order when it reads again',
  { timeout: 60_000 },
  async () => {
    const roomcast = createRoomcast({ contract, authenticate: () => ({ userId: 'ada' }) })
    roomcast.channel('feed:{id}', { canSubscribe: () => true })
    const http = createServer()
    roomcast.attach(http)
    http.listen(0, '127.0.0.1')
    await once(http, 'listening')
    const { port } = http.address() as AddressInfo
    const open = async (): Promise<RawWebSocket> => {
      const client = await RawWebSocket.open(port, '/realtime')
      client.sendJson({ type: 'connect', id: 1 })
      client.sendJson({ type: 'subscribe', id: 2, room: 'feed:1' })
      await client.answer(2)
      return client
    }
    const [slow, other] = [await open(), await open()]
    const stopwatch = new Stopwatch()
    stopwatch.watch(other)
    const room = roomcast.room('feed:{id}', { id: '1' })
    let published = 0
    const startedAt = performance.now()
    const feed = setInterval(() => {
      for (const due = ((performance.now() - startedAt) / 1000) * PER_SECOND; published < due; published++)
        void room.publish('tick', { at: performance.now(), pad: PAD })
    }, 5)

    await delay(SECONDS.calm * 1000)
    const calm = stopwatch.takeP99()
    slow.socket.pause()
    await delay(SECONDS.stalled * 1000)
    const stalled = stopwatch.takeP99()
    slow.socket.resume()
    clearInterval(feed)

    await expect.poll(() => ticksOf(slow).at(-1)?.offset, { timeout: 20_000, interval: 200 }).toBe(published)
    expect(ticksOf(slow).map(({ offset }) => offset)).toEqual(
      Array.from({ length: published }, (_, index) => index + 1),
    )
    expect(published).toBeGreaterThan(PER_SECOND * (SECONDS.calm + SECONDS.stalled) * 0.8)
    expect(stalled).toBeLessThan(Math.max(2 * calm, calm + 10))
    expect(slow.closeCode).toBeUndefined()
    await roomcast.close()
    http.closeAllConnections()
    await new Promise((resolve) => http.close(resolve))
  },
)
