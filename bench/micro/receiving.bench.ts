// Bytes of a stream to the messages that the handlers of a connection are given.
import { expectCount, type MicroCase } from './case.ts'
import { Crowd } from './connections.ts'
import { textFragments, textFrames } from './frames.ts'

const shapes = [
  { name: '1 × 128 B', count: 1, chunk: textFrames(1, 128) },
  { name: '64 × 32 B', count: 64, chunk: textFrames(64, 32) },
  { name: '64 × 128 B', count: 64, chunk: textFrames(64, 128) },
  { name: '1 × 16 KiB', count: 1, chunk: textFrames(1, 16 * 1024) },
  { name: '16 fragments of 64 B', count: 1, chunk: textFragments(16, 64) },
]

export const cases: readonly MicroCase[] = shapes.map(({ name, count, chunk }) => ({
  name,
  unit: 'message',
  units: count,
  prepare: async () => {
    const crowd = await Crowd.open(1)
    const [stream] = crowd.streams
    let received = 0
    crowd.connections[0]!.setHandlers({
      message: () => void received++,
      close: ({ code }) => console.error(`closed with ${code}`),
    })
    await crowd.endTurn()
    return () => {
      received = 0
      stream!.push(chunk)
      crowd.clock.flush()
      expectCount('messages', received, count)
    }
  },
}))
