// One message to a group of connections, and to connections of many groups.
import { ConnectionGroup } from '../../packages/server/src/websocket/connection/connection-group.ts'
import type { MicroCase } from './case.ts'
import { Crowd } from './connections.ts'

const MESSAGE = 'a'.repeat(128)

interface Shape {
  readonly name: string
  readonly connections: number
  readonly groups: number
  /** How many messages each group is sent in a turn. */
  readonly perTurn: number
}

const shapes: readonly Shape[] = [
  { name: '1 group of 1,000, 1 message a turn', connections: 1000, groups: 1, perTurn: 1 },
  { name: '1 group of 1,000, 10 messages a turn', connections: 1000, groups: 1, perTurn: 10 },
  { name: '100 groups of 10, 10 messages a turn', connections: 1000, groups: 100, perTurn: 10 },
]

export const cases: readonly MicroCase[] = shapes.map(({ name, connections, groups, perTurn }) => ({
  name,
  unit: 'delivery',
  units: connections * perTurn,
  prepare: async () => {
    const crowd = await Crowd.open(connections)
    const all = Array.from({ length: groups }, () => new ConnectionGroup())
    for (const [index, connection] of crowd.connections.entries()) all[index % groups]!.add(connection)
    return async () => {
      const before = crowd.writtenBytes
      for (let index = 0; index < perTurn; index++) for (const group of all) group.send(MESSAGE)
      await crowd.endTurn()
      crowd.expectWritten(before, perTurn * MESSAGE.length)
    }
  },
}))
