// §7: who is in a room. That changes come in their order and add up is judged in every item, by judge.ts.
import { same } from '../../conformance/check.ts'
import { change, enter, range, watch } from '../commands.ts'
import type { Item } from '../item.ts'
import type { Member, PresencePush } from '../messages.ts'
import type { Peer } from '../peer.ts'

/** The entry of a client. */
const memberOf = ({ identity: { clientId, userId } }: Peer, name: string): Member => ({
  clientId,
  userId,
  data: { name },
})

const entered = (peer: Peer, name: string) => ({ kind: 'enter', member: memberOf(peer, name) })
const updated = (peer: Peer, name: string) => ({ kind: 'update', member: memberOf(peer, name) })
const left = ({ identity: { clientId } }: Peer) => ({ kind: 'leave', clientId })

export const PRESENCE: readonly Item[] = [
  {
    id: '7.1',
    statement: 'who watches is answered with all members and told of each change: enter, update, leave',
    test: async (trial) => {
      const room = trial.room()
      const [ada, grace, watcher] = [await trial.client(), await trial.client(), await trial.client()]
      await enter(ada, room, 'Ada')
      same((await watch(watcher, room)).members, [memberOf(ada, 'Ada')], 'the members')
      await enter(grace, room, 'Grace')
      same(await change(watcher, room), entered(grace, 'Grace'), 'the change')
      await grace.result({ type: 'presenceUpdate', room, data: { name: 'Admiral' } })
      same(await change(watcher, room), updated(grace, 'Admiral'), 'the change')
      same(await ada.result({ type: 'presenceLeave', room }), {}, 'the answer')
      same(await change(watcher, room), left(ada), 'the change')
      same((await watch(watcher, room)).members, [memberOf(grace, 'Admiral')], 'the members')
    },
  },
  {
    id: '7.2',
    statement: 'to enter again replaces the data: an update, or nothing where it is the same',
    test: async (trial) => {
      const room = trial.room()
      const [ada, watcher] = [await trial.client(), await trial.client()]
      await watch(watcher, room)
      for (const name of ['Ada', 'Ada', 'Lovelace']) await enter(ada, room, name)
      same(await change(watcher, room), entered(ada, 'Ada'), 'the change')
      same(await change(watcher, room), updated(ada, 'Lovelace'), 'the change')
      same((await watch(watcher, room)).members, [memberOf(ada, 'Lovelace')], 'the members')
    },
  },
  {
    id: '7.3',
    statement: 'an update without an entry is notEntered, also after a leave',
    test: async (trial) => {
      const room = trial.room()
      const peer = await trial.client()
      const update = { type: 'presenceUpdate', room, data: { name: 'Ada' } }
      await peer.refused(update, 'notEntered')
      await enter(peer, room, 'Ada')
      same(await peer.result(update), {}, 'the answer')
      await peer.result({ type: 'presenceLeave', room })
      await peer.refused(update, 'notEntered')
    },
  },
  {
    id: '7.4',
    statement: 'a leave without an entry is no mistake and tells nobody',
    test: async (trial) => {
      const room = trial.room()
      const [peer, watcher] = [await trial.client(), await trial.client()]
      await watch(watcher, room)
      same(await peer.result({ type: 'presenceLeave', room }), {}, 'the answer')
      await enter(peer, room, 'Ada')
      same(await change(watcher, room), entered(peer, 'Ada'), 'the first change')
    },
  },
  {
    id: '7.5',
    statement: 'there is one entry for each client: two of one user are two members',
    test: async (trial) => {
      const room = trial.room()
      const token = trial.user()
      const [tab, phone, watcher] = [
        await trial.client({ token }),
        await trial.client({ token }),
        await trial.client(),
      ]
      await enter(tab, room, 'tab')
      await enter(phone, room, 'phone')
      const { members } = await watch(watcher, room)
      const ids = members.map(({ clientId }) => clientId).sort()
      same(ids, [tab.identity.clientId, phone.identity.clientId].sort(), 'the clients')
      same(new Set(members.map(({ userId }) => userId)), new Set([token]), 'the users')
    },
  },
  {
    id: '7.6',
    statement: 'a snapshot and the changes above its position add up, while others come and go',
    test: async (trial) => {
      const room = trial.room()
      const members = await Promise.all(range(1, 6).map(() => trial.client()))
      const watcher = await trial.client()
      const ids = members.map((peer, index) => [
        peer.command({ type: 'presenceEnter', room, data: { name: String(index) } }),
        peer.command({ type: index % 2 ? 'presenceLeave' : 'presenceUpdate', room, data: { name: 'new' } }),
      ])
      const snapshot = await watch(watcher, room)
      for (const [index, peer] of members.entries()) for (const id of ids[index]!) await peer.answer(id)
      // One change more than all those before, to know that they have come.
      const last = await trial.client()
      await enter(last, room, 'last')
      const present = new Set(snapshot.members.map(({ clientId }) => clientId))
      for (let isDone = false; !isDone;) {
        const { position, change } = (await watcher.next('presence', room)) as unknown as PresencePush
        const id = change.kind === 'leave' ? change.clientId : change.member.clientId
        isDone = id === last.identity.clientId
        if (position.offset <= snapshot.position.offset) continue
        if (change.kind === 'leave') present.delete(id)
        else present.add(id)
      }
      const expected = [...members.filter((_, index) => index % 2 === 0), last]
      same([...present].sort(), expected.map(({ identity }) => identity.clientId).sort(), 'who is present')
    },
  },
  {
    id: '7.7',
    statement:
      'a connection that is lost keeps its entry for a grace; one that closes with 1000 leaves at once',
    test: async (trial) => {
      const room = trial.room()
      const [lost, gone, watcher] = [await trial.client(), await trial.client(), await trial.client()]
      await enter(lost, room, 'lost')
      await enter(gone, room, 'gone')
      await watch(watcher, room)
      lost.lose()
      await gone.close(1000)
      same(await change(watcher, room), left(gone), 'the first change')
      same((await watch(watcher, room)).members, [memberOf(lost, 'lost')], 'the members within the grace')
      same(await change(watcher, room), left(lost), 'the change after the grace')
    },
  },
  {
    id: '7.8',
    statement: 'a client that comes back within the grace and enters with the same data is noticed by nobody',
    test: async (trial) => {
      const room = trial.room()
      const [peer, later, watcher] = [await trial.client(), await trial.client(), await trial.client()]
      await enter(peer, room, 'Ada')
      await enter(later, room, 'later')
      await watch(watcher, room)
      peer.lose()
      const again = await trial.resume(peer)
      await enter(again, room, 'Ada')
      // Whoever is lost now leaves later than the first one would have.
      later.lose()
      same(await change(watcher, room), left(later), 'the only change')
      same((await watch(watcher, room)).members, [memberOf(peer, 'Ada')], 'the members')
      same(await again.result({ type: 'presenceUpdate', room, data: { name: 'new' } }), {}, 'the answer')
      same(await change(watcher, room), updated(peer, 'new'), 'the change')
    },
  },
  {
    id: '7.9',
    statement: 'a client that comes back and does not enter again leaves when the grace ends',
    test: async (trial) => {
      const room = trial.room()
      const [peer, watcher] = [await trial.client(), await trial.client()]
      await enter(peer, room, 'Ada')
      await watch(watcher, room)
      peer.lose()
      const again = await trial.resume(peer)
      same(await change(watcher, room), left(peer), 'the change')
      await again.expectAlive()
    },
  },
  {
    id: '7.10',
    statement: 'a client that comes back may leave at once what it entered on its connection before',
    test: async (trial) => {
      const room = trial.room()
      const [peer, watcher] = [await trial.client(), await trial.client()]
      await enter(peer, room, 'Ada')
      await watch(watcher, room)
      peer.lose()
      const again = await trial.resume(peer)
      await again.result({ type: 'presenceLeave', room })
      same((await watch(watcher, room)).members, [], 'the members')
    },
  },
  {
    id: '7.11',
    statement: 'after the answer to presenceUnwatch no change comes any more',
    test: async (trial) => {
      const room = trial.room()
      const [peer, watcher, other] = [await trial.client(), await trial.client(), await trial.client()]
      await watch(watcher, room)
      await watch(other, room)
      same(await watcher.result({ type: 'presenceUnwatch', room }), {}, 'the answer')
      await enter(peer, room, 'Ada')
      await change(other, room)
      await watcher.expectNo('presence', room)
    },
  },
  {
    id: '7.12',
    statement: 'where a channel has no presence its commands are notSupported',
    test: async (trial) => {
      const room = trial.room('plain')
      const peer = await trial.client()
      const data = { name: 'Ada' }
      await peer.refused({ type: 'presenceEnter', room, data }, 'notSupported')
      await peer.refused({ type: 'presenceUpdate', room, data }, 'notSupported')
      await peer.refused({ type: 'presenceWatch', room }, 'notSupported')
    },
  },
  {
    id: '7.13',
    statement: 'presence needs no subscription, and a subscription brings no presence',
    test: async (trial) => {
      const room = trial.room()
      const [peer, subscriber] = [await trial.client(), await trial.client()]
      await subscriber.result({ type: 'subscribe', room })
      const { position } = await watch(peer, room)
      await enter(peer, room, 'Ada')
      const push = (await peer.next('presence', room)) as unknown as PresencePush
      same(push.position, { ...position, offset: position.offset + 1 }, 'the position of the first change')
      await subscriber.expectNo('presence', room)
    },
  },
]
