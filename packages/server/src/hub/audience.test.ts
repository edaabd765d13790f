import { msgpackCodec } from '@roomcast/protocol/msgpack'
import { jsonCodec, type SplicingCodec } from '@roomcast/protocol/wire'
import { describe, expect, it, vi } from 'vitest'
import { MemoryTransport } from '../transport/memory-transport.ts'
import { TransportList } from '../transport/transport-list.ts'
import type { OutgoingMessage, Transport, TransportGrouping } from '../transport/transport.ts'
import { Audience } from './audience.ts'
import { Envelope, SharedMessage } from './shared-message.ts'

/** Groups that write down what they are sent, beside sending it. */
class Kind implements TransportGrouping {
  readonly sent: OutgoingMessage[] = []
  groups = 0

  createGroup(): TransportList {
    this.groups++
    const group = new TransportList()
    const send = group.send.bind(group)
    vi.spyOn(group, 'send').mockImplementation((message) => {
      this.sent.push(message)
      send(message)
    })
    return group
  }
}

interface End {
  readonly transport: Transport
  readonly arrived: unknown[]
}

function open(codec: SplicingCodec, grouping?: TransportGrouping): End {
  const { server, client } = MemoryTransport.pair({ codec, network: (arrive) => arrive() })
  const arrived: unknown[] = []
  client.start({ message: (payload) => arrived.push(codec.decode(payload)), close: () => {} })
  return { transport: grouping ? Object.assign(server, { grouping }) : server, arrived }
}

const message = (n: number): SharedMessage => new SharedMessage(new Envelope({ n }))

describe('Audience', () => {
  it('sends once to each kind, in its codec, however many transports there are of it', () => {
    const [json, msgpack] = [new Kind(), new Kind()]
    const audience = new Audience()
    const ends = [
      ...Array.from({ length: 3 }, () => open(jsonCodec, json)),
      ...Array.from({ length: 2 }, () => open(msgpackCodec, msgpack)),
      open(jsonCodec),
      open(msgpackCodec),
    ]
    for (const { transport } of ends) audience.add(transport)
    const sent = message(1)
    audience.send(sent)
    for (const { arrived } of ends) expect(arrived).toEqual([{ n: 1 }])
    expect([json.groups, msgpack.groups]).toEqual([1, 1])
    expect([json.sent, msgpack.sent]).toEqual([[sent.in(jsonCodec)], [sent.in(msgpackCodec)]])
  })

  it('sends nothing to who has left, and everything to those who stay', () => {
    const kind = new Kind()
    const audience = new Audience()
    const ends = [open(jsonCodec, kind), open(jsonCodec, kind), open(jsonCodec), open(jsonCodec)]
    for (const { transport } of ends) audience.add(transport)
    for (const index of [0, 2]) audience.delete(ends[index]!.transport)
    audience.send(message(1))
    expect(ends.map(({ arrived }) => arrived.length)).toEqual([0, 1, 0, 1])
  })

  it('lets go of a kind when the last of it leaves, and takes it in anew', () => {
    const kind = new Kind()
    const audience = new Audience()
    const [first, other] = [open(jsonCodec, kind), open(msgpackCodec)]
    for (const { transport } of [first, other]) audience.add(transport)
    audience.delete(first.transport)
    audience.delete(first.transport)
    audience.send(message(1))
    expect(kind.sent).toEqual([])
    audience.add(first.transport)
    audience.send(message(2))
    expect([kind.groups, kind.sent.length]).toEqual([2, 1])
    expect([first.arrived, other.arrived]).toEqual([[{ n: 2 }], [{ n: 1 }, { n: 2 }]])
  })

  it('ignores the leaving of who never came', () => {
    const audience = new Audience()
    const [member, stranger] = [open(jsonCodec), open(jsonCodec)]
    audience.add(member.transport)
    audience.delete(stranger.transport)
    audience.delete(open(msgpackCodec).transport)
    audience.send(message(1))
    expect([member.arrived, stranger.arrived]).toEqual([[{ n: 1 }], []])
  })
})
