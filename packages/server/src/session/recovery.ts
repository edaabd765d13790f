// From what history holds and what arrived meanwhile to one sequence without a gap or a duplicate. Pure.
import type { Position } from '@roomcast/protocol/wire'
import type { StreamSlice } from '../broker/broker.ts'

/** A live publication that arrived while history was being read. */
export interface Arrived<Message> {
  readonly at: Position
  readonly message: Message
}

/** The live publications that follow a slice without a gap, or `undefined` if something between them is missing. */
export function continueSlice<Message>(
  slice: StreamSlice,
  arrived: readonly Arrived<Message>[],
): readonly Arrived<Message>[] | undefined {
  let last = slice.top
  const rest: Arrived<Message>[] = []
  for (const item of arrived) {
    if (item.at.epoch !== last.epoch) return undefined
    if (item.at.offset <= slice.top.offset) continue
    if (item.at.offset !== last.offset + 1) return undefined
    rest.push(item)
    last = item.at
  }
  return rest
}
