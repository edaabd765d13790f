import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { openPair, openTalkingPair } from '../../testing/websocket/connection-pair.ts'
import { FakeClock } from '../../testing/fake-clock.ts'
import { ConnectionGroup } from './connection-group.ts'
import { prepareMessage } from './prepared-message.ts'

type Pair = ReturnType<typeof openTalkingPair>

const KIB = 1024

/** Members that share a clock, as those of one server do. */
function openGroup(count: number, limits: Parameters<typeof openTalkingPair>[0] = {}) {
  const clock = new FakeClock()
  const pairs: Pair[] = Array.from({ length: count }, () => openTalkingPair(limits, undefined, clock))
  const group = new ConnectionGroup()
  for (const { connection } of pairs) group.add(connection)
  return { clock, pairs, group }
}

describe('ConnectionGroup', () => {
  it('writes what was sent in a turn once to each member, as one buffer that all share', async () => {
    const { clock, pairs, group } = openGroup(3)
    const writes = pairs.map(({ socket }) => vi.spyOn(socket, 'write'))
    for (const text of ['a', 'b', 'c']) group.send(text)
    await clock.settle()
    for (const { peer } of pairs) expect(peer.texts).toEqual(['a', 'b', 'c'])
    const buffers = writes.map(({ mock }) => mock.calls.map(([bytes]) => bytes as unknown))
    expect(buffers[0]).toHaveLength(1)
    expect(buffers[1]![0]).toBe(buffers[0]![0])
    expect(buffers[2]![0]).toBe(buffers[0]![0])
  })

  it('takes strings, bytes and prepared messages, and nothing else', async () => {
    const { clock, pairs, group } = openGroup(1)
    group.send(Uint8Array.of(1))
    group.send(prepareMessage('prepared'))
    expect(() => group.send(42 as unknown as string)).toThrow(TypeError)
    await clock.settle()
    expect(pairs[0]!.peer.events).toMatchObject([{ isText: false }, { isText: true }])
  })

  it.each([undefined, null, {}, { state: 'open' }, 'connection'])('takes no %j for a member', (value) => {
    const group = new ConnectionGroup()
    for (const call of ['add', 'delete', 'has'] as const) {
      expect(() => group[call](value as never)).toThrow(/^A member is a connection of this package, not /)
    }
  })

  it('knows its members', async () => {
    const { clock, pairs, group } = openGroup(2)
    const [first, second] = pairs.map(({ connection }) => connection)
    group.add(first!)
    expect([group.size, group.has(first!)]).toEqual([2, true])
    group.delete(first!)
    group.delete(first!)
    expect([group.size, group.has(first!)]).toEqual([1, false])
    pairs[1]!.socket.destroy()
    await clock.settle()
    expect([group.size, group.has(second!)]).toEqual([0, false])
    group.add(second!)
    expect(group.size).toBe(0)
    expect(() => group.send('to nobody')).not.toThrow()
  })

  it('sends nothing to a member that is closing, and what was sent before leaves before the Close', async () => {
    const { clock, pairs, group } = openGroup(1)
    const [{ connection, peer }] = pairs as [Pair]
    group.send('before')
    connection.close(4000)
    group.send('after')
    await clock.settle()
    expect(peer.texts).toEqual(['before'])
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 4000 })
  })

  it('gives a member exactly what was sent while it was one, in order with what it was sent by itself', async () => {
    const step = fc.record({
      what: fc.constantFrom('group', 'other', 'own', 'add', 'delete', 'turn', 'large'),
      who: fc.integer({ min: 0, max: 2 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const clock = new FakeClock()
        const pairs = Array.from({ length: 3 }, () => openTalkingPair({}, undefined, clock))
        const groups = { group: new ConnectionGroup(), other: new ConnectionGroup() }
        const members = { group: new Set<number>(), other: new Set<number>() }
        const expected: string[][] = [[], [], []]
        const without = (name: string, texts: string[]): string[] =>
          texts.filter((text) => !text.startsWith(name))
        let count = 0
        for (const { what, who } of steps) {
          const { connection } = pairs[who]!
          const text = `${what === 'large' ? 'group' : what} ${count++} ${'x'.repeat(what === 'large' ? 40 * KIB : 1)}`
          if (what === 'group' || what === 'other' || what === 'large') {
            const name = what === 'other' ? 'other' : 'group'
            groups[name].send(text)
            for (const member of members[name]) expected[member]!.push(text)
          } else if (what === 'own') {
            connection.send(text)
            expected[who]!.push(text)
          } else if (what === 'turn') {
            await clock.settle()
          } else {
            const name = count % 2 === 0 ? 'group' : 'other'
            groups[name][what](connection)
            members[name][what](who)
          }
        }
        await clock.settle()
        for (const [index, { peer }] of pairs.entries()) {
          expect([...peer.texts].sort()).toEqual([...expected[index]!].sort())
          // Groups are not ordered among each other.
          for (const name of ['group', 'other']) {
            expect(without(name, peer.texts)).toEqual(without(name, expected[index]!))
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})

describe('members that do not read', () => {
  it('are counted, told, and closed at the hard limit, while the others receive everything', async () => {
    const clock = new FakeClock()
    const limits = { highWaterMarkBytes: 100 * KIB, maxBufferedBytes: 500 * KIB }
    const deaf = openPair(limits, undefined, clock)
    const well = openTalkingPair(limits, undefined, clock)
    const [congested, drain] = [vi.fn(), vi.fn()]
    deaf.connection.setHandlers({ message: () => {}, congested, drain })
    const group = new ConnectionGroup()
    for (const { connection } of [deaf, well]) group.add(connection)
    const message = prepareMessage(new Uint8Array(10 * KIB))
    for (let turn = 0; turn < 60; turn++) {
      group.send(message)
      await clock.settle()
    }
    expect(congested).toHaveBeenCalledTimes(1)
    expect(drain).not.toHaveBeenCalled()
    expect(deaf.connection.state).toBe('closed')
    expect(well.peer.events).toHaveLength(60)
    deaf.peer.read()
    await clock.settle()
    expect(deaf.peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1013 })
    expect(drain).not.toHaveBeenCalled()
  })

  it('catch up in order, with no message lost, when they read again', async () => {
    const clock = new FakeClock()
    const slow = openPair({}, undefined, clock)
    slow.connection.setHandlers(slow.recorder)
    const group = new ConnectionGroup()
    group.add(slow.connection)
    const texts = Array.from({ length: 50 }, (_, index) => `${index} ${'x'.repeat(5 * KIB)}`)
    for (const text of texts) {
      group.send(text)
      await clock.settle()
    }
    expect(slow.connection.bufferedBytes).toBeGreaterThan(100 * KIB)
    slow.peer.read()
    await clock.settle()
    expect(slow.peer.texts).toEqual(texts)
    expect(slow.connection.bufferedBytes).toBe(0)
  })
})
