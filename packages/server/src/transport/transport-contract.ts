// The guarantees of a transport, and of groups of transports, as a suite that every implementation runs.
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { TransportList } from './transport-list.ts'
import { OutgoingMessage, type Transport, type TransportGroup, type TransportHandlers } from './transport.ts'

/** The other end of a transport to be judged. */
export interface TransportPeer {
  /** Begins to read; until then what it is sent piles up. */
  read(): void
  send(text: string): void
  close(code: number, reason: string): void
  /** Breaks the connection, as when a cable is cut. */
  lose(): void
  /** What it has read. */
  readonly texts: readonly string[]
}

/** A connection: the end to be judged, not started, and the other one. */
export interface TransportUnderTest {
  readonly transport: Transport
  readonly peer: TransportPeer
}

/** What makes connections of one kind, with one codec and one clock. */
export interface TransportsUnderTest {
  /** From how many bytes on a transport says that much waits. */
  readonly highWaterMarkBytes: number
  open(): TransportUnderTest
  /** Lets everything that is on its way arrive. */
  settle(): Promise<void>
}

/** Writes down what a transport tells, in order. */
class Recorder implements TransportHandlers {
  readonly events: string[] = []

  message(payload: string | Uint8Array): void {
    this.events.push(String(payload))
  }

  close(code: number, reason: string): void {
    this.events.push(`close ${code} ${reason}`.trimEnd())
  }

  congested(): void {
    this.events.push('congested')
  }

  drained(): void {
    this.events.push('drained')
  }
}

const own = (text: string): OutgoingMessage => new OutgoingMessage(text)
const shared = (text: string): OutgoingMessage => new OutgoingMessage(text, true)

/** Defines the suite for one implementation. `create` is called for each test. */
export function defineTransportContract(name: string, create: () => TransportsUnderTest): void {
  describe(`the transport contract: ${name}`, () => {
    let subject: TransportsUnderTest

    beforeEach(() => {
      subject = create()
    })

    const open = (): TransportUnderTest & { readonly recorder: Recorder } => {
      const opened = subject.open()
      const recorder = new Recorder()
      opened.transport.start(recorder)
      opened.peer.read()
      return { ...opened, recorder }
    }

    describe('messages', () => {
      it('arrive whole and in order in both directions, whether they are shared or not', async () => {
        const { transport, peer, recorder } = open()
        const sent = ['a', 'é', 'x'.repeat(70_000), '', 'b']
        for (const [index, text] of sent.entries()) transport.send(index % 2 === 0 ? own(text) : shared(text))
        for (const text of sent) peer.send(text)
        await subject.settle()
        expect(peer.texts).toEqual(sent)
        expect(recorder.events.filter((event) => !/^(congested|drained)$/.test(event))).toEqual(sent)
      })

      it('wait until the transport is started, and then come first', async () => {
        const { transport, peer } = subject.open()
        peer.send('early')
        await subject.settle()
        const recorder = new Recorder()
        transport.start(recorder)
        peer.send('late')
        await subject.settle()
        expect(recorder.events).toEqual(['early', 'late'])
      })

      it('wait while it is paused, and none is lost', async () => {
        const { transport, peer, recorder } = open()
        transport.pause()
        for (const text of ['a', 'b', 'c']) peer.send(text)
        await subject.settle()
        expect(recorder.events).toEqual([])
        transport.resume()
        await subject.settle()
        expect(recorder.events).toEqual(['a', 'b', 'c'])
      })
    })

    describe('the end', () => {
      it('comes after what was sent before, and nothing is sent after it', async () => {
        const { transport, peer, recorder } = open()
        transport.send(own('last'))
        transport.close(4000, 'over')
        transport.send(own('too late'))
        transport.close(4001, 'again')
        await subject.settle()
        expect(peer.texts).toEqual(['last'])
        expect(recorder.events).toEqual([expect.stringMatching(/^close 4000/)])
      })

      it('lets no more messages arrive', async () => {
        const { transport, peer, recorder } = open()
        peer.send('on its way')
        transport.close(4000, 'over')
        await subject.settle()
        // The reason is the peer's, who may have answered without one.
        expect(recorder.events).toEqual([expect.stringMatching(/^close 4000/)])
      })

      it('is told once, after the last message, when the peer closes', async () => {
        const { transport, peer, recorder } = open()
        peer.send('last')
        peer.close(4003, 'bye')
        await subject.settle()
        transport.close(1000, '')
        await subject.settle()
        expect(recorder.events).toEqual(['last', 'close 4003 bye'])
      })

      it('is told once, as 1006, when the connection is lost', async () => {
        const { transport, peer, recorder } = open()
        peer.lose()
        await subject.settle()
        transport.send(own('to nobody'))
        transport.close(1000, '')
        await subject.settle()
        expect(recorder.events).toEqual(['close 1006'])
      })
    })

    describe('congestion', () => {
      /** Far more than the mark, in pieces that are no more than it. */
      const fill = (send: (message: OutgoingMessage) => void): void => {
        for (let sent = 0; sent < 8; sent++) send(shared('x'.repeat(subject.highWaterMarkBytes)))
      }

      const openUnread = (): TransportUnderTest & { readonly recorder: Recorder } => {
        const opened = subject.open()
        const recorder = new Recorder()
        opened.transport.start(recorder)
        return { ...opened, recorder }
      }

      it('is told once when much waits, and its end once when the peer has read', async () => {
        const { transport, peer, recorder } = openUnread()
        fill((message) => transport.send(message))
        await subject.settle()
        expect(recorder.events).toEqual(['congested'])
        expect(transport.bufferedBytes).toBeGreaterThan(subject.highWaterMarkBytes)
        peer.read()
        await subject.settle()
        expect(recorder.events).toEqual(['congested', 'drained'])
        expect(transport.bufferedBytes).toBe(0)
        expect(peer.texts).toHaveLength(8)
      })

      it('is told of what groups were sent too', async () => {
        const { transport, peer, recorder } = openUnread()
        const group = groupFor(transport)
        group.add(transport)
        fill((message) => group.send(message))
        await subject.settle()
        expect(recorder.events).toEqual(['congested'])
        peer.read()
        await subject.settle()
        expect(recorder.events).toEqual(['congested', 'drained'])
      })

      it('is nothing that handlers must know of', async () => {
        const { transport, peer } = subject.open()
        transport.start({ message: () => {}, close: () => {} })
        fill((message) => transport.send(message))
        await subject.settle()
        peer.read()
        await subject.settle()
        expect(peer.texts).toHaveLength(8)
      })
    })

    describe('groups', () => {
      it('are of one kind for all transports that are alike', () => {
        const [first, second] = [open().transport, open().transport]
        expect(first.grouping).toBe(second.grouping)
        expect(first.codec).toBe(second.codec)
      })

      it('give a member exactly what was sent while it was one, in order with what it is sent by itself', async () => {
        const step = fc.record({
          what: fc.constantFrom('group', 'own', 'add', 'delete', 'turn'),
          who: fc.nat(1),
        })
        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
            subject = create()
            const ends = [open(), open()]
            const expected: string[][] = [[], []]
            const members = new Set<number>()
            const group = groupFor(ends[0]!.transport)
            for (const [index, { what, who }] of steps.entries()) {
              const text = `${what}${index}`
              const { transport } = ends[who]!
              if (what === 'turn') await subject.settle()
              else if (what === 'add') {
                group.add(transport)
                members.add(who)
              } else if (what === 'delete') {
                group.delete(transport)
                members.delete(who)
              } else if (what === 'own') {
                transport.send(own(text))
                expected[who]!.push(text)
              } else {
                group.send(shared(text))
                for (const member of members) expected[member]!.push(text)
              }
              expect(group.size).toBe(members.size)
            }
            await subject.settle()
            expect(ends.map(({ peer }) => peer.texts)).toEqual(expected)
          }),
          { numRuns: 50 },
        )
      })

      it('send nothing to who has closed, and go on with the others', async () => {
        const [leaving, staying] = [open(), open()]
        const group = groupFor(leaving.transport)
        for (const { transport } of [leaving, staying]) group.add(transport)
        group.send(shared('a'))
        leaving.transport.close(4000, '')
        group.send(shared('b'))
        await subject.settle()
        group.send(shared('c'))
        group.delete(leaving.transport)
        await subject.settle()
        expect(leaving.peer.texts).toEqual(['a'])
        expect(staying.peer.texts).toEqual(['a', 'b', 'c'])
        expect(group.size).toBe(1)
      })
    })
  })
}

const groupFor = (transport: Transport): TransportGroup =>
  transport.grouping?.createGroup() ?? new TransportList()
