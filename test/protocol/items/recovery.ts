// §5: how a client continues from where it was.
import { holds, same } from '../../conformance/check.ts'
import { offsets, publications, publish, publishing, publishMany, range, subscribe } from '../commands.ts'
import type { Item } from '../item.ts'
import type { Position, SubscribeResult } from '../messages.ts'
import type { Peer } from '../peer.ts'
import type { Trial } from '../trial.ts'

/** A room with so many publications, the positions before and behind each, and a newcomer. */
async function prepare(
  trial: Trial,
  channel: string,
  count: number,
): Promise<{ room: string; publisher: Peer; peer: Peer; positions: readonly Position[] }> {
  const room = trial.room(channel)
  const publisher = await trial.client()
  const { position } = await subscribe(publisher, room)
  const positions = [position, ...(await publishMany(publisher, room, count))]
  return { room, publisher, peer: await trial.client(), positions }
}

/** What every answer says of a position that cannot be continued from. */
function sameUnrecovered(result: SubscribeResult, reason: string, top: Position): void {
  same([result.recovered, result.reason], [false, reason], 'recovered and reason')
  same([result.position, result.replay], [top, 0], 'position and replay: the top')
}

export const RECOVERY: readonly Item[] = [
  {
    id: '5.30',
    statement: 'everything since a position that is still known is replayed, and live publications follow',
    test: async (trial) => {
      const { room, publisher, peer, positions } = await prepare(trial, 'room', 8)
      for (const from of [0, 3, 7]) {
        const { replay, recovered, position } = await subscribe(peer, room, { recover: positions[from] })
        same([recovered, replay, position], [true, 8 - from, positions[from]], 'recovered, replay, position')
        same(await offsets(peer, room, 8 - from), range(from + 1, 8), 'the offsets')
      }
      await publish(publisher, room, 'live')
      same(await offsets(peer, room, 1), [9], 'the offset of what is live')
    },
  },
  {
    id: '5.31',
    statement: 'the top can be continued from, also where nothing is kept',
    test: async (trial) => {
      for (const channel of ['room', 'few', 'plain']) {
        const { room, peer, positions } = await prepare(trial, channel, 7)
        const result = await subscribe(peer, room, { recover: positions[7] })
        same([result.recovered, result.replay], [true, 0], 'recovered and replay')
      }
    },
  },
  {
    id: '5.32',
    statement: 'a room in which nothing was ever published can be recovered',
    test: async (trial) => {
      const { room, peer, positions } = await prepare(trial, 'room', 0)
      const result = await subscribe(peer, room, { recover: positions[0] })
      same([result.recovered, result.replay], [true, 0], 'recovered and replay')
    },
  },
  {
    id: '5.33',
    statement: 'another epoch is not recovered: epochChanged',
    test: async (trial) => {
      const { room, peer, positions } = await prepare(trial, 'room', 5)
      const top = positions[5]!
      for (const recover of [
        { ...top, epoch: 'another' },
        { epoch: 'another', offset: 0, tag: 0 },
      ]) {
        sameUnrecovered(await subscribe(peer, room, { recover }), 'epochChanged', top)
      }
    },
  },
  {
    id: '5.34',
    statement: 'a position with another tag, or beyond the top, is on another branch: forked',
    test: async (trial) => {
      const { room, peer, positions } = await prepare(trial, 'room', 5)
      const top = positions[5]!
      const other = (position: Position): Position => ({ ...position, tag: (position.tag + 1) % 2 ** 32 })
      for (const recover of [
        other(positions[3]!),
        other(top),
        { ...top, offset: 6 },
        { ...top, offset: 600 },
      ]) {
        sameUnrecovered(await subscribe(peer, room, { recover }), 'forked', top)
      }
    },
  },
  {
    id: '5.35',
    statement: 'a position of which a part has left history by number is not recovered: expired',
    test: async (trial) => {
      const { room, peer, positions } = await prepare(trial, 'few', 9)
      for (const from of [0, 1, 3]) {
        sameUnrecovered(await subscribe(peer, room, { recover: positions[from] }), 'expired', positions[9]!)
      }
      const { recovered } = await subscribe(peer, room, { recover: positions[4] })
      same(recovered, true, 'recovered just before the oldest that is kept')
      same(await offsets(peer, room, 5), range(5, 9), 'the offsets')
    },
  },
  {
    id: '5.36',
    statement: 'a position of which a part has left history by age is not recovered: expired',
    test: async (trial) => {
      const { room, peer, positions } = await prepare(trial, 'brief', 3)
      const result = await trial.eventually(
        () => subscribe(peer, room, { recover: positions[0] }),
        ({ recovered }) => recovered === false,
        'a position that expires within a second',
      )
      sameUnrecovered(result, 'expired', positions[3]!)
      same((await subscribe(peer, room, { rewind: 3 })).replay, 0, 'replay of what is too old')
      same((await subscribe(peer, room, { recover: positions[3] })).recovered, true, 'recovered at the top')
    },
  },
  {
    id: '5.37',
    statement: 'where nothing is kept a position before the top has expired',
    test: async (trial) => {
      const { room, peer, positions } = await prepare(trial, 'plain', 2)
      sameUnrecovered(await subscribe(peer, room, { recover: positions[1] }), 'expired', positions[2]!)
    },
  },
  {
    id: '5.38',
    statement: 'where a position is not recovered rewind applies; where it is, rewind does not',
    test: async (trial) => {
      const { room, peer, positions } = await prepare(trial, 'room', 5)
      const recover = { ...positions[4]!, epoch: 'another' }
      const lost = await subscribe(peer, room, { recover, rewind: 2 })
      same(
        [lost.recovered, lost.reason, lost.replay],
        [false, 'epochChanged', 2],
        'recovered, reason, replay',
      )
      same(lost.position, positions[3], 'the position')
      same(await offsets(peer, room, 2), [4, 5], 'the offsets')
      const found = await subscribe(peer, room, { recover: positions[4], rewind: 3 })
      same([found.recovered, found.replay], [true, 1], 'recovered and replay')
      same(await offsets(peer, room, 1), [5], 'the offset')
    },
  },
  {
    id: '5.39',
    statement: 'a client that lost its connection recovers on the next one',
    test: async (trial) => {
      const { room, publisher, peer } = await prepare(trial, 'room', 2)
      await subscribe(peer, room)
      await publish(publisher, room, 'seen')
      same(await offsets(peer, room, 1), [3], 'the offset before')
      const recover = peer.positionOf(room)
      peer.lose()
      await publishMany(publisher, room, 3)
      const again = await trial.resume(peer)
      same((await subscribe(again, room, { recover })).recovered, true, 'recovered')
      same(await offsets(again, room, 3), [4, 5, 6], 'the offsets')
    },
  },
  {
    id: '5.40',
    statement: 'a long history is replayed in parts: 2002, and the next part from where the client is',
    test: async (trial) => {
      const room = trial.room()
      const publisher = await trial.client()
      const { position: start } = await subscribe(publisher, room)
      const text = 'x'.repeat(10_000)
      const ids = range(1, 20).map(() => publisher.command(publishing(room, text)))
      for (const id of ids) await publisher.answer(id)

      const peer = await trial.client()
      const received: number[] = []
      let recover = start
      let parts = 0
      while (received.length < 20) {
        const { recovered, replay } = await subscribe(peer, room, { recover })
        same(recovered, true, 'recovered')
        const part = await publications(peer, room, replay)
        for (const { offset, tag } of part) {
          received.push(offset)
          recover = { epoch: start.epoch, offset, tag }
        }
        parts++
        if (received.length < 20) same((await peer.next('unsubscribed', room)).code, 2002, 'the code')
      }
      same(received, range(1, 20), 'the offsets of all parts')
      holds(parts > 1, 'more than one part, as README.md asks for', parts)
      await publish(publisher, room, 'live')
      same(await offsets(peer, room, 1), [21], 'the offset of what is live')
    },
  },
]
