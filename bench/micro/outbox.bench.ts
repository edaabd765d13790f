// What connections send by themselves: messages of their own to their writes, one for each connection and turn.
import { type MicroCase } from './case.ts'
import { Crowd } from './connections.ts'

const CONNECTIONS = 100

const shapes = [
  { name: '1 × 128 B', count: 1, message: 'a'.repeat(128) },
  { name: 'bursts of 10 × 128 B', count: 10, message: 'a'.repeat(128) },
  { name: 'bursts of 100 × 128 B', count: 100, message: 'a'.repeat(128) },
  { name: '1 × 128 B, not ASCII', count: 1, message: 'ü'.repeat(64) },
  { name: '1 × 16 KiB', count: 1, message: 'a'.repeat(16 * 1024) },
  { name: '1 × 128 B, binary', count: 1, message: new Uint8Array(128) },
]

export const cases: readonly MicroCase[] = shapes.map(({ name, count, message }) => ({
  name,
  unit: 'message',
  units: CONNECTIONS * count,
  prepare: async () => {
    const crowd = await Crowd.open(CONNECTIONS)
    return async () => {
      const before = crowd.writtenBytes
      for (const connection of crowd.connections) {
        for (let index = 0; index < count; index++) connection.send(message)
      }
      await crowd.endTurn()
      crowd.expectWritten(before, count * message.length)
    }
  },
}))
