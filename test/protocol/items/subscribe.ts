// §5: what a subscription receives. That it comes without gap or duplicate is judged in every item, by judge.ts.
import { holds, same } from '../../conformance/check.ts'
import {
  call,
  offsets,
  publications,
  publish,
  publishing,
  publishMany,
  range,
  subscribe,
} from '../commands.ts'
import type { Item } from '../item.ts'
import type { SubscribeResult } from '../messages.ts'

export const SUBSCRIBE: readonly Item[] = [
  {
    id: '5.10',
    statement: 'without recover and rewind the position is the top, and nothing is replayed',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      const fresh = await subscribe(peer, room)
      same(
        [fresh.position.offset, fresh.position.tag, fresh.replay],
        [0, 0, 0],
        'offset, tag, replay of a new room',
      )
      holds(fresh.recovered === undefined, 'no `recovered` where nothing is to be recovered', fresh)
      const top = (await publishMany(peer, room, 3)).at(-1)
      const late = await trial.client()
      const { position, replay } = await subscribe(late, room)
      same([position, replay], [top, 0], 'the position and replay')
    },
  },
  {
    id: '5.11',
    statement:
      'a publication carries its id, event, publisher, time and data, and the place that its reply told',
    test: async (trial) => {
      const room = trial.room()
      const [publisher, receiver] = [await trial.client(), await trial.client()]
      const { epoch } = (await subscribe(receiver, room)).position
      const publishId = trial.publishId()
      const earliest = Date.now() - 3_600_000
      const position = await publish(publisher, room, 'hello', { publishId })
      const [publication] = await publications(receiver, room, 1)
      const { userId, clientId } = publisher.identity
      const { offset, tag, time, ...rest } = publication!
      same(
        rest,
        {
          type: 'publication',
          room,
          id: publishId,
          event: 'message',
          from: { userId, clientId },
          data: { text: 'hello' },
        },
        'the publication',
      )
      same({ epoch, offset, tag }, position, 'the position')
      holds(time > earliest && time < earliest + 7_200_000, 'epoch milliseconds of about now', time)
    },
  },
  {
    id: '5.12',
    statement: 'what the server itself publishes has no publisher, and a place like everything else',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      await subscribe(peer, room)
      await call(peer, room, 'announce', { text: 'from the server' })
      const [publication] = await publications(peer, room, 1)
      holds(publication!.from === undefined, 'no `from`', publication)
      same(publication!.data, { text: 'from the server' }, 'the data')
    },
  },
  {
    id: '5.13',
    statement: 'rewind replays the last so many in order, and the position is the place before them',
    test: async (trial) => {
      const room = trial.room()
      const publisher = await trial.client()
      const positions = await publishMany(publisher, room, 10)
      const peer = await trial.client()
      const { position, replay } = await subscribe(peer, room, { rewind: 3 })
      same([position, replay], [positions[6], 3], 'the position and replay')
      same(await offsets(peer, room, 3), [8, 9, 10], 'the offsets')
      await publish(publisher, room, 'live')
      same(await offsets(peer, room, 1), [11], 'the offset of what is live')
    },
  },
  {
    id: '5.14',
    statement: 'a rewind beyond history replays what there is; one of 0 nothing',
    test: async (trial) => {
      const [room, few, plain] = [trial.room(), trial.room('few'), trial.room('plain')]
      const publisher = await trial.client()
      for (const each of [room, few, plain]) await publishMany(publisher, each, 7)
      const peer = await trial.client()
      const replayed = async (each: string, rewind: number): Promise<readonly number[]> =>
        offsets(peer, each, (await subscribe(peer, each, { rewind })).replay)
      same(await replayed(room, 100), range(1, 7), 'the offsets')
      same(await replayed(few, 100), range(3, 7), 'the offsets of the last 5, which history holds')
      same(await replayed(plain, 100), [], 'the offsets where there is no history')
      same(await replayed(room, 0), [], 'the offsets of a rewind of 0')
    },
  },
  {
    id: '5.15',
    statement: 'what is replayed is as it was when it was live',
    test: async (trial) => {
      const room = trial.room()
      const [publisher, live, late] = [await trial.client(), await trial.client(), await trial.client()]
      await subscribe(live, room)
      await publishMany(publisher, room, 5)
      await call(publisher, room, 'announce', { text: 'from the server' })
      await subscribe(late, room, { rewind: 6 })
      same(await publications(late, room, 6), await publications(live, room, 6), 'the publications')
    },
  },
  {
    id: '5.16',
    statement: 'all subscribers receive the same publications in the same order, over either codec',
    test: async (trial) => {
      const room = trial.room()
      const publishers = await Promise.all(range(1, 3).map(() => trial.client()))
      const receivers = [...publishers, await trial.client({}, { codec: trial.otherCodec })]
      for (const receiver of receivers) await subscribe(receiver, room)
      const ids = publishers.map((peer) => range(1, 10).map((n) => peer.command(publishing(room, String(n)))))
      for (const [index, peer] of publishers.entries()) for (const id of ids[index]!) await peer.answer(id)
      const [first, ...others] = await Promise.all(receivers.map((peer) => publications(peer, room, 30)))
      for (const other of others) same(other, first, 'what another received')
      for (const { identity } of publishers) {
        const texts = first!.flatMap(({ from, data }) => (from?.clientId === identity.clientId ? [data] : []))
        same(
          texts,
          range(1, 10).map((number) => ({ text: String(number) })),
          'what one published',
        )
      }
    },
  },
  {
    id: '5.17',
    statement:
      'who subscribes while others publish gets history and then what is live, with nothing between lost',
    test: async (trial) => {
      const room = trial.room()
      const publisher = await trial.client()
      await publishMany(publisher, room, 3)
      const peers = await Promise.all(range(1, 5).map(() => trial.client()))
      const subscribing: Promise<SubscribeResult>[] = []
      const sent: number[] = []
      for (const number of range(1, 100)) {
        sent.push(publisher.command(publishing(room, String(number))))
        if (number % 20 !== 0) continue
        subscribing.push(subscribe(peers[subscribing.length]!, room, { rewind: 2 }))
        await publisher.answer(sent.at(-1)!)
      }
      const results = await Promise.all(subscribing)
      for (const id of sent) await publisher.answer(id)
      for (const [index, peer] of peers.entries()) {
        const { offset } = results[index]!.position
        same(await offsets(peer, room, 103 - offset), range(offset + 1, 103), 'the offsets')
      }
    },
  },
  {
    id: '5.18',
    statement: 'to subscribe again begins anew: each publication still comes once',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      await subscribe(peer, room)
      await publishMany(peer, room, 3)
      same(await offsets(peer, room, 3), [1, 2, 3], 'the offsets')
      await subscribe(peer, room, { rewind: 2 })
      same(await offsets(peer, room, 2), [2, 3], 'the offsets that are replayed')
      await publish(peer, room, 'live')
      same(await offsets(peer, room, 1), [4], 'the offset of what is live')
      await peer.expectNo('publication', room)
    },
  },
  {
    id: '5.19',
    statement: 'after the answer to unsubscribe nothing of the room comes any more',
    test: async (trial) => {
      const room = trial.room()
      const [peer, other] = [await trial.client(), await trial.client()]
      await subscribe(peer, room)
      await subscribe(other, room)
      same(await peer.result({ type: 'unsubscribe', room }), {}, 'the answer')
      await publish(other, room, 'later')
      other.send({ type: 'signal', room, signal: 'typing', data: { on: true } })
      await other.next('signal', room)
      await peer.expectNo('publication', room)
      await peer.expectNo('signal', room)
    },
  },
  {
    id: '5.20',
    statement: 'a stream outlives its subscribers: offsets go on, in the same epoch',
    test: async (trial) => {
      const room = trial.room()
      const first = await trial.client()
      await subscribe(first, room)
      const [before] = await publishMany(first, room, 1)
      await first.close()
      const second = await trial.client()
      same((await subscribe(second, room)).position, before, 'the position')
      const after = await publish(second, room, 'b')
      same([after.epoch, after.offset], [before!.epoch, 2], 'the next position')
    },
  },
]
