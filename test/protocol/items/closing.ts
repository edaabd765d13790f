// §8: how connections end. Which code follows from what is in the items of what causes it.
import { same } from '../../conformance/check.ts'
import { offsets, publish, subscribe } from '../commands.ts'
import type { Item } from '../item.ts'

export const CLOSING: readonly Item[] = [
  {
    id: '8.1',
    statement: 'a close by the client is answered: a goodbye, a heartbeat that was missed, a code of its own',
    test: async (trial) => {
      for (const code of [1000, 4003, 4250, 4999]) await (await trial.client()).close(code)
      await (await trial.open()).close(1000)
    },
  },
  {
    id: '8.2',
    statement: 'the end of one subscriber takes nothing from another',
    test: async (trial) => {
      const room = trial.room()
      const [lost, gone, stays] = [await trial.client(), await trial.client(), await trial.client()]
      for (const peer of [lost, gone, stays]) await subscribe(peer, room)
      lost.lose()
      await gone.close()
      await publish(stays, room, 'a')
      same(await offsets(stays, room, 1), [1], 'the offset')
    },
  },
]
