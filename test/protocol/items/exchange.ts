// §9: the whole exchange, as it is printed there.
import { holds, same } from '../../conformance/check.ts'
import { offsets, publications, publishing, publishMany } from '../commands.ts'
import type { Item } from '../item.ts'

export const EXCHANGE: readonly Item[] = [
  {
    id: '9.1',
    statement: 'connect, subscribe, publish, be lost, come back and recover',
    test: async (trial) => {
      const room = trial.room()
      const others = await trial.client()
      const positions = await publishMany(others, room, 7)

      const peer = await trial.open()
      const token = trial.user()
      const connecting = peer.connect({ token })
      const subscribed = await peer.result({ type: 'subscribe', room, rewind: 2 })
      const { clientId, secret } = await connecting
      same([subscribed.position, subscribed.replay], [positions[4], 2], 'the position and replay')
      same(await offsets(peer, room, 2), [6, 7], 'the offsets that are replayed')
      const publish = publishing(room, 'mine')
      const { position } = await peer.result(publish)
      const [own] = await publications(peer, room, 1)
      same([own!.offset, own!.id], [8, publish.publishId], 'the offset and id of the publication')

      peer.lose()
      await publishMany(others, room, 2)

      const again = await trial.open()
      const connectingAgain = again.connect({ token, resume: { clientId, secret } })
      const resubscribed = await again.result({ type: 'subscribe', room, recover: position })
      const identity = await connectingAgain
      same(identity.clientId, clientId, 'the client')
      holds(identity.secret !== secret, 'a new secret', identity)
      same(
        [resubscribed.position, resubscribed.replay, resubscribed.recovered],
        [position, 2, true],
        'the position, replay, recovered',
      )
      same(await offsets(again, room, 2), [9, 10], 'the offsets that were missed')
    },
  },
]
