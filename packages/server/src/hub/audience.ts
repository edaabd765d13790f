// Those who receive a room live, by how they can be sent to together.
import type { SplicingCodec } from '@roomcast/protocol/wire'
import { TransportList } from '../transport/transport-list.ts'
import type { Transport, TransportGroup } from '../transport/transport.ts'
import type { SharedMessage } from './shared-message.ts'

/** Transports that receive the same object. */
interface Lane {
  /** What they have in common: their grouping or, where they have none, their codec. */
  readonly kind: object
  readonly codec: SplicingCodec
  readonly group: TransportGroup
}

const kindOf = ({ grouping, codec }: Transport): object => grouping ?? codec

/** A few groups, each sent to once: no message costs a loop over those who receive it. */
export class Audience {
  readonly #lanes: Lane[] = []

  add(transport: Transport): void {
    this.#laneOf(transport).group.add(transport)
  }

  delete(transport: Transport): void {
    const kind = kindOf(transport)
    const index = this.#lanes.findIndex((lane) => lane.kind === kind)
    const group = this.#lanes[index]?.group
    group?.delete(transport)
    if (group?.size === 0) this.#lanes.splice(index, 1)
  }

  send(message: SharedMessage): void {
    for (const { group, codec } of this.#lanes) group.send(message.in(codec))
  }

  #laneOf(transport: Transport): Lane {
    const kind = kindOf(transport)
    const known = this.#lanes.find((lane) => lane.kind === kind)
    if (known) return known
    const group = transport.grouping?.createGroup() ?? new TransportList()
    const lane = { kind, codec: transport.codec, group }
    this.#lanes.push(lane)
    return lane
  }
}
