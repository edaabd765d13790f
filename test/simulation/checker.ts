// Judges a recorded run: was anything lost in silence, doubled, put out of order, or made up? Pure.
import type { Position } from '@roomcast/protocol/wire'

/** A publish as its caller saw it. `key` is unique and travels in the data. */
export interface PublishRecord {
  readonly key: string
  readonly room: string
  readonly invokedAt: number
  outcome: 'pending' | 'ok' | 'notApplied' | 'unknown'
}

/** What the broker really appended: the truth to compare with. */
export interface AppendRecord {
  readonly key: string
  readonly id: string
  readonly room: string
  readonly epoch: string
  readonly offset: number
}

/** What one subscriber saw, in order, in one stay in a room. */
export interface StayRecord {
  readonly subscriber: string
  readonly room: string
  /** When the subscription was confirmed; `Infinity` until then. */
  startedAt: number
  /** Whether the subscriber stayed to the end of the run. */
  isOver: boolean
  readonly seen: SeenEvent[]
}

/** Something a subscriber was told. */
export type SeenEvent =
  | {
      readonly kind: 'publication'
      readonly key: string
      readonly id: string
      readonly epoch: string
      readonly offset: number
    }
  /** Continuity was lost between two positions, and the subscriber was told. */
  | { readonly kind: 'gap'; readonly before: Position | undefined; readonly after: Position }

/** A whole run. */
export interface RunRecord {
  readonly publishes: readonly PublishRecord[]
  readonly appends: readonly AppendRecord[]
  readonly stays: readonly StayRecord[]
  /** For each watcher and room at rest: whom it sees, and who is there. */
  readonly presence: readonly {
    readonly watcher: string
    readonly room: string
    readonly seen: readonly string[]
    readonly actual: readonly string[]
  }[]
}

/** What the checker found; every list is empty after a good run. */
export interface Verdict {
  readonly deliveries: number
  readonly gaps: number
  readonly lost: readonly string[]
  readonly duplicated: readonly string[]
  readonly reordered: readonly string[]
  readonly phantoms: readonly string[]
  readonly ghosts: readonly string[]
  readonly stuck: readonly string[]
}

/** Checks C1 to C4 and C6 of the reliability model, and that every promise settled. */
export function check(run: RunRecord): Verdict {
  const publications = run.stays.flatMap(({ seen }) => seen.filter((event) => event.kind === 'publication'))
  return {
    deliveries: publications.length,
    gaps: run.stays.reduce((sum, { seen }) => sum + seen.filter(({ kind }) => kind === 'gap').length, 0),
    lost: findLost(run),
    duplicated: [...findDoubleAppends(run), ...run.stays.flatMap(findDoubleDeliveries)],
    reordered: run.stays.flatMap((stay) => findReordered(stay, run)),
    phantoms: findPhantoms(run),
    ghosts: findGhosts(run),
    stuck: run.publishes
      .filter(({ outcome }) => outcome === 'pending')
      .map(({ key }) => `${key} never settled`),
  }
}

/** Whether a verdict names no fault. */
export function isClean(verdict: Verdict): boolean {
  const { lost, duplicated, reordered, phantoms, ghosts, stuck } = verdict
  return [lost, duplicated, reordered, phantoms, ghosts, stuck].every((list) => list.length === 0)
}

/** C1: whoever stayed over an acknowledged publish got it, or was told of a gap that covers it. */
function findLost({ publishes, appends, stays }: RunRecord): string[] {
  const placesOf = groupByKey(appends)
  const epochs = [...new Set(appends.map(({ epoch }) => epoch))]
  const lost: string[] = []
  for (const publish of publishes) {
    if (publish.outcome !== 'ok') continue
    const places = placesOf.get(publish.key) ?? []
    if (places.length === 0) lost.push(`${publish.key} was acknowledged and never appended`)
    for (const stay of stays) {
      if (stay.isOver || stay.room !== publish.room || stay.startedAt > publish.invokedAt) continue
      const isSeen = stay.seen.some((event) => event.kind === 'publication' && event.key === publish.key)
      const isCovered = stay.seen.some(
        (event) => event.kind === 'gap' && places.some((place) => covers(event, place, epochs)),
      )
      if (!isSeen && !isCovered) lost.push(`${publish.key} in ${stay.room} did not reach ${stay.subscriber}`)
    }
  }
  return lost
}

/** Whether a place lies in what a gap says was lost. `epochs` are in the order in which they began. */
function covers(
  { before, after }: Extract<SeenEvent, { kind: 'gap' }>,
  { epoch, offset }: AppendRecord,
  epochs: readonly string[],
): boolean {
  const at = epochs.indexOf(epoch)
  const first = before ? epochs.indexOf(before.epoch) : -1
  const last = epochs.indexOf(after.epoch)
  const isAfterStart = before?.epoch === epoch ? offset > before.offset : at > first
  // An epoch in which nothing was appended is not in the list; it can only be a later one.
  const isBeforeEnd = after.epoch === epoch ? offset <= after.offset : last === -1 || at < last
  return isAfterStart && isBeforeEnd
}

function groupByKey(appends: readonly AppendRecord[]): ReadonlyMap<string, readonly AppendRecord[]> {
  const groups = new Map<string, AppendRecord[]>()
  for (const append of appends) groups.set(append.key, [...(groups.get(append.key) ?? []), append])
  return groups
}

/** C2 at the broker: an id is appended once in an epoch. */
function findDoubleAppends({ appends }: RunRecord): string[] {
  const seen = new Set<string>()
  return appends.flatMap(({ room, epoch, id, key }) => {
    const name = `${room} ${epoch} ${id}`
    if (seen.has(name)) return [`${key} was appended twice in epoch ${epoch} of ${room}`]
    seen.add(name)
    return []
  })
}

/** C2 at a subscriber: neither an id nor a place surfaces twice in a stay. */
function findDoubleDeliveries({ subscriber, room, seen }: StayRecord): string[] {
  const names = new Set<string>()
  const doubles: string[] = []
  for (const event of seen) {
    if (event.kind !== 'publication') continue
    for (const name of [`id ${event.id}`, `place ${event.epoch} ${event.offset}`]) {
      if (names.has(name)) doubles.push(`${event.key} (${name}) reached ${subscriber} twice in ${room}`)
      names.add(name)
    }
  }
  return doubles
}

/** C3: offsets rise within an epoch, and what stands at an offset is the same for everyone. */
function findReordered({ subscriber, room, seen }: StayRecord, { appends }: RunRecord): string[] {
  const last = new Map<string, number>()
  const truth = new Map(
    appends.map((append) => [`${append.room} ${append.epoch} ${append.offset}`, append.key]),
  )
  return seen.flatMap((event) => {
    if (event.kind !== 'publication') return []
    const before = last.get(event.epoch) ?? 0
    last.set(event.epoch, event.offset)
    const faults: string[] = []
    if (event.offset <= before)
      faults.push(`${subscriber} got offset ${event.offset} after ${before} in ${room}`)
    const real = truth.get(`${room} ${event.epoch} ${event.offset}`)
    if (real !== event.key)
      faults.push(`${subscriber} got ${event.key} at ${room}/${event.offset}, where ${real} stands`)
    return faults
  })
}

/** C4: nothing is delivered that nobody published or that certainly failed. */
function findPhantoms({ publishes, appends }: RunRecord): string[] {
  const byKey = new Map(publishes.map((publish) => [publish.key, publish]))
  return appends.flatMap(({ key }) => {
    const publish = byKey.get(key)
    if (!publish) return [`${key} was appended and never published`]
    return publish.outcome === 'notApplied' ? [`${key} was appended although its publish failed`] : []
  })
}

/** C6: at rest everyone sees exactly those who are there. */
function findGhosts({ presence }: RunRecord): string[] {
  return presence.flatMap(({ watcher, room, seen, actual }) => {
    const isSame = [...seen].sort().join() === [...actual].sort().join()
    return isSame ? [] : [`${watcher} sees [${seen.join()}] in ${room}, where [${actual.join()}] are`]
  })
}
