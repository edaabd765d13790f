// The commands that most tests send, with what they are answered with.
import { randomUUID } from 'node:crypto'
import type {
  Fields,
  Position,
  PresencePush,
  PresenceResult,
  Publication,
  SubscribeResult,
} from './messages.ts'
import type { Peer } from './peer.ts'

/** Subscribes; `fields` may hold `recover` and `rewind`. */
export async function subscribe(peer: Peer, room: string, fields: Fields = {}): Promise<SubscribeResult> {
  return (await peer.result({ type: 'subscribe', room, ...fields })) as unknown as SubscribeResult
}

/** A publish of the event `message`; `fields` may replace anything. */
export const publishing = (
  room: string,
  text: string,
  fields: Fields = {},
): Fields & { type: 'publish' } => ({
  room,
  event: 'message',
  data: { text },
  publishId: randomUUID(),
  ...fields,
  type: 'publish',
})

/** Publishes, and returns the position. */
export async function publish(
  peer: Peer,
  room: string,
  text: string,
  fields: Fields = {},
): Promise<Position> {
  const { position } = await peer.result(publishing(room, text, fields))
  return position as Position
}

/** Publishes `count` texts, `1` and so on, one after the other, and returns their positions. */
export async function publishMany(peer: Peer, room: string, count: number): Promise<readonly Position[]> {
  const positions: Position[] = []
  for (let number = 1; number <= count; number++) positions.push(await publish(peer, room, String(number)))
  return positions
}

/** Takes the next publications of a room. */
export async function publications(peer: Peer, room: string, count: number): Promise<readonly Publication[]> {
  const taken: Publication[] = []
  while (taken.length < count) taken.push((await peer.next('publication', room)) as unknown as Publication)
  return taken
}

/** The offsets of the next publications of a room. */
export async function offsets(peer: Peer, room: string, count: number): Promise<readonly number[]> {
  return (await publications(peer, room, count)).map(({ offset }) => offset)
}

/** Enters a room as somebody with this name. */
export const enter = (peer: Peer, room: string, name: string): Promise<Fields> =>
  peer.result({ type: 'presenceEnter', room, data: { name } })

/** Watches the presence of a room. */
export async function watch(peer: Peer, room: string): Promise<PresenceResult> {
  return (await peer.result({ type: 'presenceWatch', room })) as unknown as PresenceResult
}

/** Takes the next change of a room's presence. */
export async function change(peer: Peer, room: string): Promise<PresencePush['change']> {
  return ((await peer.next('presence', room)) as unknown as PresencePush).change
}

/** Calls a handler of the server under test; see README.md. */
export const call = (peer: Peer, room: string, name: string, data?: unknown): Promise<Fields> =>
  peer.result({ type: 'call', room, call: name, ...(data !== undefined && { data }) })

/** The numbers from `first` to `last`. */
export const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
