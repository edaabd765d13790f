// One run: clients that publish, come and go while links break and the server dies, then rest, then judgement.
import { RoomcastError, type Position } from '@roomcast/protocol/wire'
import type { Lease } from '@roomcast/client'
import {
  check,
  type PublishRecord,
  type RunRecord,
  type SeenEvent,
  type StayRecord,
  type Verdict,
} from './checker.ts'
import type { PlantedBug } from './recording-broker.ts'
import { World, type Pattern, type SimulatedClient } from './world.ts'

/** What happened in a run, and how it was judged. */
export interface RunResult {
  readonly seed: number
  readonly verdict: Verdict
  readonly publishes: number
  readonly acknowledged: number
  readonly cuts: number
  readonly crashes: number
}

const PATTERNS: readonly Pattern[] = ['deep:{id}', 'shallow:{id}', 'bare:{id}']
const CHAOS_MS = 60_000
/** Longer than every window: presence grace, dedupe window, heartbeats, backoff. */
const REST_MS = 240_000

/** A client in one room. */
class Visitor {
  readonly name: string
  readonly room
  readonly roomName: string
  readonly stays: StayRecord[]
  readonly presence = { isIn: false, isChanging: false }
  #lease: Lease | undefined
  #stay: StayRecord | undefined
  #last: Position | undefined

  constructor({ name, client }: SimulatedClient, pattern: Pattern, id: string, stays: StayRecord[]) {
    this.name = name
    this.stays = stays
    this.room = client.room(pattern, { id })
    this.roomName = pattern.replace('{id}', id)
    this.room.on('note', ({ id, offset, data }) => {
      const epoch = this.#lease?.position.epoch ?? 'unknown'
      this.#see({ kind: 'publication', key: data.key, id, epoch, offset }, { epoch, offset, tag: 0 })
    })
    this.room.onGap(({ position }) =>
      this.#see({ kind: 'gap', before: this.#last, after: position }, position),
    )
  }

  get isHere(): boolean {
    return this.#stay !== undefined
  }

  arrive(now: () => number, rewind: number): void {
    const stay: StayRecord = {
      subscriber: this.name,
      room: this.roomName,
      startedAt: Infinity,
      isOver: false,
      seen: [],
    }
    this.#stay = stay
    this.stays.push(stay)
    this.room.subscribe({ rewind }).then(
      (lease) => {
        if (this.#stay !== stay) return lease.release()
        this.#lease = lease
        this.#last = lease.position
        stay.startedAt = now()
      },
      () => {
        stay.isOver = true
        if (this.#stay === stay) this.#stay = undefined
      },
    )
  }

  depart(): void {
    if (this.#stay) this.#stay.isOver = true
    this.#stay = undefined
    this.#lease?.release()
    this.#lease = undefined
  }

  #see(event: SeenEvent, at: Position): void {
    this.#stay?.seen.push(event)
    this.#last = at
  }
}

/** Runs one seed to its end. */
export async function run(seed: number, bug?: PlantedBug): Promise<RunResult> {
  const world = new World({ seed, bug })
  const { clock, random } = world
  const publishes: PublishRecord[] = []
  const stays: StayRecord[] = []
  const clients = Array.from({ length: random.int(2, 6) }, (_, index) => world.addClient(`client-${index}`))
  const rooms = PATTERNS.flatMap((pattern) =>
    [`1`, `2`].slice(0, random.int(1, 2)).map((id) => ({ pattern, id })),
  )
  const visitors = clients.flatMap((client) =>
    rooms.map(({ pattern, id }) => new Visitor(client, pattern, id, stays)),
  )
  let cuts = 0
  let crashes = 0
  let isServerUp = true

  const publish = ({ room, roomName }: Visitor): void => {
    const record: PublishRecord = {
      key: `note-${publishes.length}`,
      room: roomName,
      invokedAt: clock.monotonic(),
      outcome: 'pending',
    }
    publishes.push(record)
    room.publish('note', { key: record.key }).then(
      () => (record.outcome = 'ok'),
      (error: unknown) => {
        record.outcome =
          error instanceof RoomcastError && error.outcome === 'notApplied' ? 'notApplied' : 'unknown'
      },
    )
  }

  /** One change at a time: a leave holds whatever becomes of its promise, an enter only if it was granted. */
  const togglePresence = ({ name, room, presence }: Visitor): void => {
    if (presence.isChanging) return
    presence.isChanging = true
    const wasIn = presence.isIn
    if (wasIn) presence.isIn = false
    const change = wasIn ? room.presence.leave() : room.presence.enter({ name })
    change
      .then(() => (presence.isIn = !wasIn))
      .catch(() => {})
      .finally(() => (presence.isChanging = false))
  }

  /** A client that was told to stop turns watchers away; they come back. */
  const watch = (visitor: Visitor): void => {
    visitor.room.presence.watch().catch(() => clock.setTimer(() => watch(visitor), 1_000))
  }

  /** The server dies under load, with publishes and answers under way. */
  const restartServer = (): void => {
    if (!isServerUp) return
    isServerUp = false
    crashes++
    for (let n = 0; n < 5; n++) publish(random.pick(visitors))
    clock.setTimer(killServer, random.int(50, 250))
  }

  const killServer = (): void => {
    world.killServer()
    clock.setTimer(
      () => {
        isServerUp = true
        world.startServer()
      },
      random.int(50, 5_000),
    )
  }

  const act = (): void => {
    const visitor = random.pick(visitors)
    const dice = random.next()
    if (dice < 0.6) for (let n = random.chance(0.1) ? random.int(2, 12) : 1; n > 0; n--) publish(visitor)
    else if (dice < 0.74) {
      if (!visitor.isHere) visitor.arrive(() => clock.monotonic(), random.chance(0.5) ? random.int(1, 10) : 0)
      else if (random.chance(0.5)) visitor.depart()
    } else if (dice < 0.86) togglePresence(visitor)
    else if (dice < 0.95) {
      cuts++
      random.pick(clients).link()?.cut()
    } else if (dice < 0.975) random.pick(clients).link()?.goDead()
    else if (dice < 0.99) {
      const { client } = random.pick(clients)
      client.disconnect()
      clock.setTimer(() => client.connect(), random.int(0, 3_000))
    } else restartServer()
  }

  for (const visitor of visitors) {
    if (random.chance(0.8)) visitor.arrive(() => clock.monotonic(), 0)
    watch(visitor)
  }
  while (clock.monotonic() < CHAOS_MS) {
    act()
    await clock.advanceAsync(random.int(1, 250))
  }
  await clock.advanceAsync(10_000)
  for (const { client } of clients) client.connect()
  await clock.advanceAsync(REST_MS)

  const record: RunRecord = { publishes, appends: world.appends, stays, presence: judgePresence(visitors) }
  for (const { client } of clients) client.disconnect()
  return {
    seed,
    verdict: check(record),
    publishes: publishes.length,
    acknowledged: publishes.filter(({ outcome }) => outcome === 'ok').length,
    cuts,
    crashes,
  }
}

/** Whom each watcher sees, and who has entered and not left. */
function judgePresence(visitors: readonly Visitor[]): RunRecord['presence'] {
  return visitors.map(({ name, roomName, room }) => ({
    watcher: name,
    room: roomName,
    seen: room.presence.members.map(({ userId }) => userId),
    actual: visitors
      .filter((other) => other.roomName === roomName && other.presence.isIn)
      .map((other) => other.name),
  }))
}
