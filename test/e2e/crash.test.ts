// Clients publish without a pause while their server is killed and restarted, again and again. Afterwards nothing may be
// lost in silence, nothing surfaced twice, and nothing given up without another try.
import { createClient, RoomcastError } from '@roomcast/client'
import { expect, it } from 'vitest'
import { judge, type Place, type Seen } from '../support/continuity.ts'
import { startFastServerProcess } from '../support/server-process.ts'
import type { TestContract } from '../support/start-server.ts'
import { WireRecorder } from '../support/wire-recorder.ts'

const NAMES = ['ada', 'grace', 'katherine', 'margaret']
const KILLS = 3
/** Acknowledged in all before each kill, after everybody has come back, so that each server has lived. */
const ACKNOWLEDGED_PER_LIFE = 120
/** Publishes that each client keeps on their way, so that every kill meets some. */
const LANES = 4
const WAIT = { timeout: 20_000 }

it('loses nothing in silence and surfaces nothing twice when the server is killed while clients publish', async () => {
  let server = await startFastServerProcess()
  const { port } = server
  let people: Awaited<ReturnType<typeof join>>[] = []
  const acknowledged = (): number =>
    people.reduce((sum, { acknowledgedCount }) => sum + acknowledgedCount(), 0)
  try {
    people = await Promise.all(NAMES.map((name) => join(name, `ws://127.0.0.1:${port}/realtime`)))
    for (const person of people) person.publishOn()
    for (let kills = 0; ; kills++) {
      const before = acknowledged()
      await expect.poll(() => people.every(({ gapCount }) => gapCount() === kills), WAIT).toBe(true)
      await expect.poll(acknowledged, WAIT).toBeGreaterThan(before + ACKNOWLEDGED_PER_LIFE)
      if (kills === KILLS) break
      await server.kill()
      server = await startFastServerProcess(port)
    }
    await Promise.all(people.map((person) => person.stop()))
    await expect.poll(() => people.every((person) => person.hasSeenEnds(NAMES)), WAIT).toBe(true)
  } finally {
    for (const { client } of people) client.disconnect()
    await server.kill()
  }

  const verdict = judge(
    people.flatMap(({ recorder }) => recorder.publishes),
    people.map(({ record }) => record),
  )
  console.log({ ...verdict, kills: KILLS, rejected: people.flatMap(({ rejections }) => rejections).length })
  expect(verdict).toMatchObject({ lost: [], doubled: [], reordered: [], abandoned: [] })
  expect(verdict.gaps).toBe(KILLS * NAMES.length)
  expect(verdict.retried).toBeGreaterThan(0)
  expect(new Set(people.flatMap(({ rejections }) => rejections))).toEqual(new Set())
  expect(server.complaints).toBe('')
})

/** A client that listens and publishes. */
async function join(name: string, url: string) {
  const recorder = new WireRecorder(name)
  const client = createClient<TestContract>({
    url,
    token: name,
    transport: recorder.transport,
    backoff: { minMs: 20, maxMs: 200 },
  })
  const room = client.room('chat:{roomId}', { roomId: 'crash' })
  const seen: Seen[] = []
  const ends = new Set<string>()
  room.on('message', ({ id, from, offset, data }) => {
    if (data.text === 'end') ends.add(from!.userId)
    seen.push({ kind: 'publication', userId: from!.userId, id, place: { epoch, offset } })
  })
  room.onGap(({ position }) => {
    ;({ epoch } = position)
    seen.push({ kind: 'gap', place: { epoch, offset: position.offset } })
  })
  const { position } = await room.subscribe()
  const start: Place = { epoch: position.epoch, offset: position.offset }
  let { epoch } = start

  let isStopping = false
  const rejections: string[] = []
  const publish = async (text: string): Promise<void> => {
    try {
      await room.publish('message', { text })
    } catch (error) {
      rejections.push(error instanceof RoomcastError ? String(error.code) : String(error))
    }
  }
  const lane = async (): Promise<void> => {
    while (!isStopping) await publish('on and on')
  }
  let lanes: Promise<void>[] = []

  return {
    client,
    recorder,
    rejections,
    record: { name, start, seen },
    acknowledgedCount: () => recorder.publishes.filter(({ acknowledged }) => acknowledged).length,
    gapCount: () => seen.filter(({ kind }) => kind === 'gap').length,
    publishOn: () => {
      lanes = Array.from({ length: LANES }, lane)
    },
    /** Ends the lanes, and says so in the room. */
    stop: async () => {
      isStopping = true
      await Promise.all(lanes)
      await publish('end')
    },
    hasSeenEnds: (names: readonly string[]) => names.every((other) => ends.has(other)),
  }
}
