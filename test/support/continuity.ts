// Judges what clients saw of a server that was killed again and again: was anything lost in silence, surfaced twice, put
// out of order, or given up without another try? Pure.

/** A place in a room's stream. */
export interface Place {
  readonly epoch: string
  readonly offset: number
}

/** One publish, as it went over the wire. */
export interface PublishRecord {
  readonly userId: string
  readonly id: string
  /** On how many connections it was written. */
  readonly transmissions: number
  /** How many of these connections ended before the answer came. */
  readonly losses: number
  /** What the answer said, if one came. */
  readonly acknowledged?: Place | undefined
}

/** Something that the SDK told its application. */
export type Seen =
  | { readonly kind: 'publication'; readonly userId: string; readonly id: string; readonly place: Place }
  /** Continuity was lost, and the stream goes on after this place. */
  | { readonly kind: 'gap'; readonly place: Place }

/** Everything that one subscriber was told, in order. */
export interface SubscriberRecord {
  readonly name: string
  readonly start: Place
  readonly seen: readonly Seen[]
}

/** What was found. The lists are empty if all promises were kept. */
export interface Verdict {
  readonly acknowledged: number
  readonly delivered: number
  readonly gaps: number
  readonly retried: number
  /** Acknowledged, neither delivered nor covered by a gap that was announced. */
  readonly lost: readonly string[]
  /** Surfaced more than once. */
  readonly doubled: readonly string[]
  /** Not in the order of the stream. */
  readonly reordered: readonly string[]
  /** Given up after the first connection that broke. */
  readonly abandoned: readonly string[]
}

/** Checks one run, after everything has come to rest. */
export function judge(
  publishes: readonly PublishRecord[],
  subscribers: readonly SubscriberRecord[],
): Verdict {
  const seen = subscribers.flatMap((subscriber) => subscriber.seen)
  return {
    acknowledged: publishes.filter(({ acknowledged }) => acknowledged).length,
    delivered: seen.filter(({ kind }) => kind === 'publication').length,
    gaps: seen.filter(({ kind }) => kind === 'gap').length,
    retried: publishes.filter(({ transmissions }) => transmissions > 1).length,
    lost: subscribers.flatMap((subscriber) => findLost(subscriber, publishes)),
    doubled: subscribers.flatMap(findDoubled),
    reordered: subscribers.flatMap(findReordered),
    abandoned: publishes
      .filter(({ losses, transmissions }) => losses > 0 && transmissions === 1)
      .map(({ userId, id }) => `${userId}/${id}`),
  }
}

/** A part of a stream that a subscriber claims to have seen whole. */
interface Stretch {
  readonly epoch: string
  readonly after: number
  /** The last offset seen; unbounded for the stretch that goes on. */
  readonly to: number
}

function findLost(subscriber: SubscriberRecord, publishes: readonly PublishRecord[]): string[] {
  const surfaced = new Set(keysOf(subscriber))
  const stretches = stretchesOf(subscriber)
  return publishes
    .filter(({ acknowledged, userId, id }) => {
      if (!acknowledged || surfaced.has(`${userId}/${id}`)) return false
      const { epoch, offset } = acknowledged
      return stretches.some((stretch) => {
        return stretch.epoch === epoch && offset > stretch.after && offset <= stretch.to
      })
    })
    .map(({ userId, id }) => `${userId}/${id} at ${subscriber.name}`)
}

/** A gap ends one stretch and begins another; only what lies between two stretches is excused. */
function stretchesOf({ start, seen }: SubscriberRecord): Stretch[] {
  const stretches: Stretch[] = []
  let { epoch, offset: after } = start
  let to = after
  for (const { kind, place } of seen) {
    if (kind === 'gap') {
      stretches.push({ epoch, after, to })
      epoch = place.epoch
      after = place.offset
    }
    to = place.offset
  }
  return [...stretches, { epoch, after, to: Infinity }]
}

function findDoubled(subscriber: SubscriberRecord): string[] {
  const keys = keysOf(subscriber)
  return keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${key} at ${subscriber.name}`)
}

function findReordered({ name, start, seen }: SubscriberRecord): string[] {
  const found: string[] = []
  let last = start
  for (const item of seen) {
    const { kind, place } = item
    const isNext = kind === 'gap' || (place.epoch === last.epoch && place.offset > last.offset)
    if (!isNext) found.push(`${item.userId}/${item.id} at ${name}`)
    last = place
  }
  return found
}

const keysOf = ({ seen }: SubscriberRecord): string[] =>
  seen.flatMap((item) => (item.kind === 'publication' ? [`${item.userId}/${item.id}`] : []))
