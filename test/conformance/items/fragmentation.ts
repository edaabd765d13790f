// RFC 6455 §5.4: messages in several frames.
import { holds, same } from '../check.ts'
import { binary, close, fragments, frame, OP, ping, text } from '../frames.ts'
import type { Item } from '../item.ts'
import { between, randomBytesOf } from '../random.ts'
import { cpuMs, firstGoodOf, leastOfThree, usedBytes } from '../resources.ts'
import type { Trial } from '../trial.ts'

const MIB = 2 ** 20

/** A text that has begun and goes on. */
const begin = (payload: string): Buffer => text(payload, { isFinal: false })
const middle = (payload: string | Uint8Array): Buffer => frame(OP.continuation, payload, { isFinal: false })
const end = (payload: string | Uint8Array): Buffer => frame(OP.continuation, payload)

/** The CPU time that it takes to send and process a message of so many one-byte fragments. */
async function costOfFragments(trial: Trial, count: number): Promise<number> {
  const endpoint = trial.endpoint({ limits: { maxFragments: Infinity, maxMessageBytes: MIB } })
  const peer = await trial.open({ endpoint, application: () => ({}) })
  await peer.expectAlive()
  const bytes = Buffer.concat([begin('a'), ...Array.from({ length: count - 2 }, () => middle('b')), end('c')])
  const before = cpuMs()
  peer.send(bytes, ping('done'))
  await peer.pong()
  const cost = cpuMs() - before
  same((peer.served.messages[0] as string | undefined)?.length, count, 'the length of the message')
  return cost
}

/** The memory that a message of ten times 1000 fragments of 300 bytes holds before its end. */
async function retainedByFragments(trial: Trial): Promise<number> {
  const limits = { maxFragments: Infinity, maxMessageBytes: 8 * MIB }
  const peer = await trial.open({ endpoint: trial.endpoint({ limits }) })
  await peer.expectAlive()
  const part = middle(Buffer.alloc(300, 97))
  const parts = Array.from({ length: 10 }, () => Buffer.concat(Array.from({ length: 1000 }, () => part)))
  const before = await usedBytes()
  peer.send(begin(''))
  for (const bytes of parts) {
    peer.send(bytes)
    await peer.flush()
  }
  peer.send(ping('all'))
  await peer.pong()
  return (await usedBytes()) - before
}

/** How long 16 000 fragments may take, and how long they take. */
async function timesOfFragments(trial: Trial): Promise<{ allowed: number; taken: number }> {
  const least = (count: number): Promise<number> => leastOfThree(() => costOfFragments(trial, count))
  await least(2000)
  // 5 ms are what the clock cannot tell apart.
  return { allowed: 2.2 * (await least(8000)) + 5, taken: await least(16_000) }
}

export const FRAGMENTATION: readonly Item[] = [
  {
    number: 64,
    section: '6455 §5.4',
    level: 'M',
    statement: 'text and binary messages in any number of fragments are put together',
    test: async (trial) => {
      const peer = await trial.open()
      for (const count of [1, 2, 3, 5, 20]) {
        const payload = randomBytesOf(trial.random, 40)
        const sizes = Array.from({ length: count - 1 }, () => between(trial.random, 0, 2))
        peer.send(...fragments(OP.binary, payload, sizes))
        await peer.expectMessage(payload)
        peer.send(...fragments(OP.text, 'Hello, fragmented world: äöü €', sizes))
        await peer.expectMessage('Hello, fragmented world: äöü €')
      }
    },
  },
  {
    number: 65,
    section: '6455 §5.4',
    level: 'M',
    statement: 'empty fragments are accepted as the first, in the middle, as the last and all of them',
    test: async (trial) => {
      const peer = await trial.open()
      const cases: readonly (readonly [first: string, second: string, third: string])[] = [
        ['', 'b', 'c'],
        ['a', '', 'c'],
        ['a', 'b', ''],
        ['', '', ''],
      ]
      for (const [first, second, third] of cases) {
        peer.send(begin(first), middle(second), end(third))
        await peer.expectMessage(first + second + third)
      }
    },
  },
  {
    number: 66,
    section: '6455 §5.4',
    level: 'M',
    statement: 'a continuation with nothing to continue fails with 1002, final or not, also after a message',
    test: (trial) =>
      trial.each([true, false], async (isFinal) => {
        const fresh = await trial.open()
        fresh.send(frame(OP.continuation, 'lost', { isFinal }))
        await fresh.expectFailure(1002)
        const used = await trial.open()
        used.send(begin('a'), end('b'), frame(OP.continuation, 'lost', { isFinal }))
        await used.expectMessage('ab')
        await used.expectFailure(1002, { delivered: ['ab'] })
      }),
  },
  {
    number: 67,
    section: '6455 §5.4',
    level: 'M',
    statement: 'a new message inside a fragmented one fails with 1002',
    test: (trial) =>
      trial.each([OP.text, OP.binary], async (opcode) => {
        for (const isFinal of [true, false]) {
          const peer = await trial.open()
          peer.send(begin('a'), frame(opcode, 'b', { isFinal }))
          await peer.expectFailure(1002)
        }
      }),
  },
  {
    number: 68,
    section: '6455 §5.4',
    level: 'M',
    statement: 'a ping between fragments is answered at once, a pong ignored, and the message stays whole',
    test: async (trial) => {
      const peer = await trial.open()
      await peer.expectAlive()
      peer.send(begin('one '), ping('first'))
      same(await peer.pong(), Buffer.from('first'), 'the pong before the message is complete')
      peer.send(middle('two '), frame(OP.pong, 'unasked'), ping('second'))
      same(await peer.pong(), Buffer.from('second'), 'the pong before the message is complete')
      same(peer.served.messages, [], 'messages so far')
      peer.send(end('three'))
      await peer.expectMessage('one two three')
    },
  },
  {
    number: 69,
    section: '6455 §5.4',
    level: 'M',
    statement: 'a Close between fragments is answered, and the message that it interrupts is dropped',
    test: async (trial) => {
      const peer = await trial.open()
      peer.send(begin('never'), middle(' complete'), close(1001))
      await peer.expectCleanEnd([1001], 1001)
      same(peer.served.messages, [], 'the messages that were delivered')
    },
  },
  {
    number: 70,
    section: '6455 §10.4',
    level: 'M',
    statement: 'fragments that exceed the limit together fail with 1009 as soon as they do',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { maxMessageBytes: 100 } })
      const peer = await trial.open({ endpoint })
      // Of the last frame only the header is sent: what it declares is enough.
      peer.send(binary(Buffer.alloc(60), { isFinal: false }))
      peer.send(frame(OP.continuation, '', { isFinal: false, declaredBytes: 41 }))
      await peer.expectFailure(1009, { isFollowed: false })
      const other = await trial.open({ endpoint })
      other.send(binary(Buffer.alloc(60, 1), { isFinal: false }), end(Buffer.alloc(40, 1)))
      await other.expectMessage(Buffer.alloc(100, 1))
    },
  },
  {
    number: 71,
    section: '6455 §10.4',
    level: 'L',
    statement:
      'more fragments than the limit, empty ones counted, fail with 1008; as many as the limit are accepted',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { maxFragments: 10 } })
      await trial.each(['x', ''], async (payload) => {
        const peer = await trial.open({ endpoint })
        peer.send(begin(payload), ...Array.from({ length: 8 }, () => middle(payload)), end(payload))
        await peer.expectMessage(payload.repeat(10))
        peer.send(begin(payload), ...Array.from({ length: 10 }, () => middle(payload)))
        await peer.expectFailure(1008, { delivered: [payload.repeat(10)] })
      })
    },
  },
  {
    number: 72,
    section: '6455 §10.4',
    level: 'L',
    statement:
      'a message that is not complete in time fails with 1008: in a header, a payload, between fragments',
    test: async (trial) => {
      const limits = { messageTimeoutMs: 60, sweepIntervalMs: 20 }
      const endpoint = trial.endpoint({ limits })
      const starts = [
        text('abc').subarray(0, 1),
        text('abc').subarray(0, 7),
        begin('abc'),
        ping('abc').subarray(0, 4),
      ]
      await trial.each(
        starts,
        async (bytes) => {
          const peer = await trial.open({ endpoint })
          peer.send(bytes)
          await peer.expectFailure(1008, { isFollowed: false })
        },
        (bytes) => `${bytes.length} bytes`,
      )
    },
  },
  {
    number: 73,
    section: '6455 §10.4',
    level: 'L',
    isAlone: true,
    statement:
      'reassembly retains at most twice what was received and its CPU time is linear: 2x input, ≤ 2.2x time',
    test: async (trial) => {
      const allowedBytes = 2 * 10_000 * 300 + MIB / 2
      await firstGoodOf(
        3,
        () => retainedByFragments(trial),
        (bytes) => holds(bytes <= allowedBytes, `at most ${allowedBytes} bytes retained`, bytes),
      )
      await firstGoodOf(
        5,
        () => timesOfFragments(trial),
        ({ allowed, taken }) =>
          holds(taken <= allowed, `at most ${allowed.toFixed(1)} ms for twice as much`, taken),
      )
    },
  },
  {
    number: 74,
    section: '6455 §5.4',
    level: 'M',
    statement:
      'the server never interleaves messages that it sends in fragments; control frames may come between',
    test: async (trial) => {
      const peer = await trial.open({ hasNeighbour: false })
      const { connection } = peer.served
      const payloads = [1, 2, 3].map((value) => Buffer.alloc(400_000, value))
      for (const payload of payloads) {
        connection.send(payload)
        connection.ping()
      }
      peer.send(ping('meanwhile'))
      // The decoder accepts no data frame but the next one of the same message.
      for (const payload of payloads) await peer.expectMessage(payload)
      same(await peer.pong(), Buffer.from('meanwhile'), 'the pong')
      holds(
        peer.frames.filter(({ isFinal }) => !isFinal).length >= 3,
        'messages in fragments',
        peer.frames.length,
      )
    },
  },
]
