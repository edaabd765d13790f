// §6: publish, and what makes a retry safe.
import { holds, same } from '../../conformance/check.ts'
import { offsets, publications, publish, publishing, publishMany, range, subscribe } from '../commands.ts'
import type { Item } from '../item.ts'

export const PUBLISH: readonly Item[] = [
  {
    id: '6.1',
    statement: 'a publish with an id that was used is answered with the first position and applied once',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      await subscribe(peer, room)
      const publishId = trial.publishId()
      const first = await publish(peer, room, 'once', { publishId })
      await publish(peer, room, 'between')
      same(await publish(peer, room, 'once', { publishId }), first, 'the position')
      await publish(peer, room, 'after')
      const received = await publications(peer, room, 3)
      same(
        received.map(({ data }) => data),
        [{ text: 'once' }, { text: 'between' }, { text: 'after' }],
        'what is received',
      )
    },
  },
  {
    id: '6.2',
    statement: 'a publish that is tried again on the next connection of the client is applied once',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      const publishId = trial.publishId()
      const first = await publish(peer, room, 'once', { publishId })
      peer.lose()
      const again = await trial.resume(peer)
      same(await publish(again, room, 'once', { publishId }), first, 'the position')
      same((await publish(again, room, 'next')).offset, 2, 'the next offset')
    },
  },
  {
    id: '6.3',
    statement: 'retries that are sent together are applied once',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      await subscribe(peer, room)
      const command = publishing(room, 'once', { publishId: trial.publishId() })
      const ids = range(1, 5).map(() => peer.command(command))
      const positions = new Set<number>()
      for (const id of ids) {
        const answer = await peer.answer(id)
        if (answer.type === 'reply') positions.add((answer.result.position as { offset: number }).offset)
      }
      same([...positions], [1], 'the offsets of the answers')
      same(await offsets(peer, room, 1), [1], 'the offsets that are received')
      await peer.expectNo('publication', room)
    },
  },
  {
    id: '6.4',
    statement:
      'an id counts for one room, one user and one client: the same id of another is another publish',
    test: async (trial) => {
      const [room, elsewhere] = [trial.room(), trial.room()]
      const publishId = trial.publishId()
      const token = trial.user()
      const first = await trial.client({ token })
      same((await publish(first, room, 'a', { publishId })).offset, 1, 'the offset')
      same((await publish(first, elsewhere, 'b', { publishId })).offset, 1, 'the offset in another room')
      const sameUser = await trial.client({ token })
      same((await publish(sameUser, room, 'c', { publishId })).offset, 2, 'the offset of another client')
      const otherUser = await trial.client()
      same((await publish(otherUser, room, 'd', { publishId })).offset, 3, 'the offset of another user')
      same((await publish(first, room, 'a', { publishId })).offset, 1, 'the offset of the first one again')
    },
  },
  {
    id: '6.5',
    statement: 'a publisher that is subscribed gets its own publication, one that is not gets none',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      await publish(peer, room, 'unheard')
      await peer.expectNo('publication', room)
      await subscribe(peer, room)
      await publish(peer, room, 'heard')
      same((await publications(peer, room, 1))[0]!.data, { text: 'heard' }, 'what is received')
    },
  },
  {
    id: '6.6',
    statement: 'publishes that are sent together are applied in the order of sending',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      const ids = range(1, 50).map((number) => peer.command(publishing(room, String(number))))
      const given: number[] = []
      for (const id of ids) {
        const answer = await peer.answer(id)
        if (answer.type === 'reply') given.push((answer.result.position as { offset: number }).offset)
      }
      same(given, range(1, 50), 'the offsets of the answers')
    },
  },
  {
    id: '6.7',
    statement: 'a publish that is refused is not applied: unknownEvent, invalidData, forbidden, unknownRoom',
    test: async (trial) => {
      const [room, listen] = [trial.room(), trial.room('listen')]
      const peer = await trial.client()
      const { position } = await subscribe(peer, room)
      await subscribe(peer, listen)
      for (const event of ['unheardOf', 'typing', '__proto__', 'toString']) {
        await peer.refused(publishing(room, 'a', { event }), 'unknownEvent')
      }
      await peer.refused(publishing(room, 'a', { data: { text: 7 } }), 'invalidData')
      await peer.refused(publishing(listen, 'a'), 'forbidden')
      await peer.refused(publishing('nowhere:1', 'a'), 'unknownRoom')
      await peer.expectNo('publication')
      same((await subscribe(peer, room)).position, position, 'the position')
    },
  },
  {
    id: '6.8',
    statement: 'a publish id that was refused can be used again',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      const publishId = trial.publishId()
      await peer.refused(publishing(room, 'a', { publishId, data: {} }), 'invalidData')
      same((await publish(peer, room, 'a', { publishId })).offset, 1, 'the offset')
    },
  },
  {
    id: '6.9',
    statement: 'the positions of a stream have one epoch, offsets without a hole, and tags by chance',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      const positions = await publishMany(peer, room, 20)
      same(new Set(positions.map(({ epoch }) => epoch)).size, 1, 'the number of epochs')
      same(
        positions.map(({ offset }) => offset),
        range(1, 20),
        'the offsets',
      )
      const tags = new Set(positions.map(({ tag }) => tag))
      holds(tags.size > 15, 'tags that hardly ever repeat', [...tags])
    },
  },
]
