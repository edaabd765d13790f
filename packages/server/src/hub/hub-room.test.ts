import { msgpackCodec } from '@roomcast/protocol/msgpack'
import { jsonCodec, type Position, type SplicingCodec } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import type { StoredPublication } from '../broker/broker.ts'
import { MemoryTransport } from '../transport/memory-transport.ts'
import type { OutgoingMessage, Transport, TransportGrouping } from '../transport/transport.ts'
import { HubRoom } from './hub-room.ts'
import { signalPush } from './pushes.ts'
import type { SharedMessage } from './shared-message.ts'
import type { Subscriber } from './subscriber.ts'

const publication = (offset: number, tag = offset): StoredPublication => ({
  id: `p${offset}`,
  event: 'message',
  from: undefined,
  json: '{"text":"hi"}',
  offset,
  tag,
  time: 0,
})

class Recorder implements Subscriber {
  readonly positions: Position[] = []
  readonly messages: SharedMessage[] = []
  /** What arrived over the transport. */
  readonly arrived: unknown[] = []
  readonly transport: Transport
  interruptions = 0

  constructor(codec: SplicingCodec = jsonCodec, grouping?: TransportGrouping) {
    const { server, client } = MemoryTransport.pair({ codec, network: (arrive) => arrive() })
    this.transport = grouping ? Object.assign(server, { grouping }) : server
    client.start({ message: (payload) => this.arrived.push(codec.decode(payload)), close: () => {} })
  }

  get offsets(): readonly number[] {
    return this.positions.map(({ offset }) => offset)
  }

  publication(at: Position, message: SharedMessage): void {
    this.positions.push(at)
    this.messages.push(message)
  }

  interrupted(): void {
    this.interruptions++
  }
}

const START: Position = { epoch: 'e', offset: 0, tag: 0 }

function roomOf(...subscribers: Subscriber[]): HubRoom {
  const room = new HubRoom('chat:1')
  for (const subscriber of subscribers) room.add(subscriber)
  return room
}

describe('HubRoom', () => {
  it('delivers in order from wherever the stream is, with each place', () => {
    const subscriber = new Recorder()
    const room = roomOf(subscriber)
    room.publication('e', publication(7))
    room.publication('e', publication(8))
    expect(subscriber.positions).toEqual([
      { epoch: 'e', offset: 7, tag: 7 },
      { epoch: 'e', offset: 8, tag: 8 },
    ])
  })

  it('gives all subscribers the same message, encoded once', () => {
    const [first, second] = [new Recorder(), new Recorder()]
    roomOf(first, second).publication('e', publication(1))
    const message = first.messages[0]!
    expect(second.messages[0]).toBe(message)
    expect(message.in(jsonCodec)).toBe(message.in(jsonCodec))
    expect(jsonCodec.decode(message.in(jsonCodec).payload)).toEqual({
      type: 'publication',
      room: 'chat:1',
      id: 'p1',
      event: 'message',
      offset: 1,
      tag: 1,
      time: 0,
      data: { text: 'hi' },
    })
  })

  it('drops what arrives twice', () => {
    const subscriber = new Recorder()
    const room = roomOf(subscriber)
    room.publication('e', publication(1))
    room.publication('e', publication(1))
    expect(subscriber.offsets).toEqual([1])
    expect(subscriber.interruptions).toBe(0)
  })

  it.each([
    ['a gap', 'e', publication(3)],
    ['another epoch', 'f', publication(2)],
    ['the last offset with another tag', 'e', publication(1, 99)],
    ['an offset that was passed', 'e', publication(0)],
  ])('interrupts every subscriber once at %s and delivers nothing of it', (_name, epoch, next) => {
    const subscribers = [new Recorder(), new Recorder()]
    const room = roomOf(...subscribers)
    room.publication('e', publication(1))
    room.publication(epoch, next)
    room.publication(epoch, { ...next, offset: next.offset + 1 })
    for (const subscriber of subscribers) {
      expect(subscriber.offsets).toEqual([1])
      expect(subscriber.interruptions).toBe(1)
    }
    expect(room.isEmpty).toBe(true)
  })

  it('begins anew with those who join after an interruption', () => {
    const [before, after] = [new Recorder(), new Recorder()]
    const room = roomOf(before)
    room.publication('e', publication(1))
    room.publication('e', publication(5))
    room.add(after)
    room.publication('e', publication(6))
    expect(after.offsets).toEqual([6])
    expect(before.offsets).toEqual([1])
  })

  it('forgets where it was when the last subscriber leaves, since it is not told any more', () => {
    const [before, after] = [new Recorder(), new Recorder()]
    const room = roomOf(before)
    room.publication('e', publication(1))
    room.delete(before)
    room.add(after)
    room.publication('e', publication(5))
    expect(after.offsets).toEqual([5])
  })

  it('goes on when a subscriber leaves while it is delivered to', () => {
    const last = new Recorder()
    const room = new HubRoom('chat:1')
    const leaving = new Recorder()
    leaving.publication = () => room.delete(leaving)
    room.add(leaving)
    room.add(last)
    room.publication('e', publication(1))
    expect(last.offsets).toEqual([1])
    expect(room.size).toBe(1)
  })

  describe('once subscribers are live', () => {
    it('sends each what was published since, and nothing twice', () => {
      const [early, late] = [new Recorder(), new Recorder()]
      const room = roomOf(early, late)
      room.publication('e', publication(1))
      room.goLive(early, { epoch: 'e', offset: 1, tag: 1 })
      room.publication('e', publication(2))
      room.goLive(late, START)
      room.publication('e', publication(3))
      expect([early.offsets, late.offsets]).toEqual([[1], [1, 2]])
      expect(early.arrived).toMatchObject([{ offset: 2 }, { offset: 3 }])
      expect(late.arrived).toMatchObject([{ offset: 3 }])
      expect(room.size).toBe(2)
    })

    it('sends signals to them alone', () => {
      const [live, waiting] = [new Recorder(), new Recorder()]
      const room = roomOf(live, waiting)
      room.goLive(live, START)
      room.signal(signalPush('chat:1', { signal: 'typing', from: undefined, json: 'true' }))
      expect(live.arrived).toMatchObject([{ type: 'signal', signal: 'typing', data: true }])
      expect([waiting.arrived, waiting.messages]).toEqual([[], []])
    })

    it('sends nothing to who has left or is interrupted, and forgets both', () => {
      const [leaving, staying] = [new Recorder(), new Recorder()]
      const room = roomOf(leaving, staying)
      room.goLive(leaving, START)
      room.goLive(staying, START)
      room.delete(leaving)
      room.goLive(leaving, START)
      room.publication('e', publication(1))
      room.publication('e', publication(3))
      room.publication('e', publication(4))
      expect(leaving.arrived).toEqual([])
      expect(staying.arrived).toMatchObject([{ offset: 1 }])
      expect([leaving.interruptions, staying.interruptions]).toEqual([0, 1])
      expect(room.isEmpty).toBe(true)
    })

    it('sends nothing to who is suspended, says where it has got to, and has it begin again from there', () => {
      const [slow, other] = [new Recorder(), new Recorder()]
      const room = roomOf(slow, other)
      expect(room.suspend(slow)).toBeUndefined()
      room.goLive(slow, START)
      room.goLive(other, START)
      room.publication('e', publication(1))
      expect(room.suspend(slow)).toEqual({ epoch: 'e', offset: 1, tag: 1 })
      expect(room.suspend(slow)).toBeUndefined()
      room.publication('e', publication(2))
      room.goLive(slow, { epoch: 'e', offset: 2, tag: 2 })
      room.publication('e', publication(3))
      expect(slow.arrived).toMatchObject([{ offset: 1 }, { offset: 3 }])
      expect(slow.offsets).toEqual([2])
      expect(other.arrived).toHaveLength(3)
      expect(room.size).toBe(2)
    })

    it('knows where it is before anything was published, from who went live first', () => {
      const [live, other] = [new Recorder(), new Recorder()]
      const room = roomOf(live, other)
      room.goLive(live, { epoch: 'e', offset: 7, tag: 7 })
      room.goLive(other, { epoch: 'e', offset: 7, tag: 7 })
      expect(room.suspend(other)).toEqual({ epoch: 'e', offset: 7, tag: 7 })
      room.publication('e', publication(9))
      expect([live.arrived, live.interruptions, other.interruptions]).toEqual([[], 1, 1])
    })

    it('takes what a bus brings late for what the live have from history, and gives it to those who read', () => {
      const [live, reading] = [new Recorder(), new Recorder()]
      const room = roomOf(live, reading)
      room.goLive(live, { epoch: 'e', offset: 3, tag: 3 })
      for (const offset of [2, 3, 4]) room.publication('e', publication(offset))
      expect(live.arrived).toMatchObject([{ offset: 4 }])
      expect(reading.offsets).toEqual([2, 3, 4])
      room.publication('e', publication(2))
      expect([live.interruptions, reading.interruptions]).toEqual([1, 1])
    })

    it('sees from what a bus brings late that history has forked', () => {
      const live = new Recorder()
      const room = roomOf(live)
      room.goLive(live, { epoch: 'e', offset: 3, tag: 3 })
      room.publication('e', publication(3, 99))
      expect(live.interruptions).toBe(1)
    })

    it('sends once for each kind of transport and codec, however many there are', () => {
      const sends: OutgoingMessage[] = []
      let groups = 0
      const grouping: TransportGrouping = {
        createGroup: () => {
          groups++
          const members = new Set<Transport>()
          return {
            get size() {
              return members.size
            },
            add: (transport) => void members.add(transport),
            delete: (transport) => void members.delete(transport),
            send: (message) => void sends.push(message),
          }
        },
      }
      const grouped = Array.from({ length: 10 }, () => new Recorder(jsonCodec, grouping))
      const [json, msgpack] = [new Recorder(), new Recorder(msgpackCodec)]
      const room = roomOf(...grouped, json, msgpack)
      for (const subscriber of [...grouped, json, msgpack]) room.goLive(subscriber, START)
      room.publication('e', publication(1))
      expect([groups, sends.length]).toEqual([1, 1])
      expect(json.arrived).toEqual(msgpack.arrived)
      expect(json.arrived).toMatchObject([{ offset: 1 }])
      for (const subscriber of grouped) room.delete(subscriber)
      room.publication('e', publication(2))
      expect(sends).toHaveLength(1)
    })
  })
})
