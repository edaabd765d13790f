// From the name of a room to its channel.
import type { Contract } from '../../packages/protocol/src/index.ts'
import { ChannelRouter } from '../../packages/server/src/routing/channel-router.ts'
import { expectCount, type MicroCase, type Run } from './case.ts'

const ROOMS = 100
const CHANNEL_COUNTS = [1, 20, 200]

function contractOf(channels: number): Contract {
  const patterns = Array.from({ length: channels }, (_, index) => `kind${index}:{roomId}`)
  return { version: 1, channels: Object.fromEntries(patterns.map((pattern) => [pattern, { events: {} }])) }
}

/** Routes a list of rooms that are spread over all channels. */
function routeAll(channels: number, nameOf: (index: number) => string): Run {
  const router = new ChannelRouter(contractOf(channels))
  return () => {
    let found = 0
    for (let index = 0; index < ROOMS; index++) {
      if (router.route(`kind${index % channels}:${nameOf(index)}`) !== undefined) found++
    }
    expectCount('routes', found, ROOMS)
  }
}

export const cases: readonly MicroCase[] = CHANNEL_COUNTS.flatMap((channels): MicroCase[] => {
  const shared = { unit: 'room', units: ROOMS }
  const label = channels === 1 ? '1 channel' : `${channels} channels`
  return [
    {
      ...shared,
      name: `${label}, rooms in use`,
      prepare: () => routeAll(channels, (index) => `room${index}`),
    },
    {
      ...shared,
      name: `${label}, new rooms`,
      prepare: () => {
        let next = 0
        return routeAll(channels, () => `room${next++}`)
      },
    },
  ]
})
