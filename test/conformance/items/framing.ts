// RFC 6455 §5.2: the header of a frame.
import { holds, same } from '../check.ts'
import { binary, frame, OP, ping, text } from '../frames.ts'
import type { Item } from '../item.ts'
import { randomBytesOf } from '../random.ts'

const MIB = 2 ** 20

export const FRAMING: readonly Item[] = [
  {
    number: 50,
    section: '6455 §5.2',
    level: 'M',
    statement: 'RSV2 or RSV3 on any frame fails with 1002',
    test: (trial) =>
      trial.each(
        [1, 2, 3].flatMap((rsv) => [OP.text, OP.binary, OP.ping].map((opcode) => ({ rsv, opcode }))),
        async ({ rsv, opcode }) => {
          const peer = await trial.open()
          peer.send(frame(opcode, 'x', { rsv }))
          await peer.expectFailure(1002)
        },
        ({ rsv, opcode }) => `rsv ${rsv}, opcode ${opcode}`,
      ),
  },
  {
    number: 51,
    section: '6455 §5.2',
    level: 'M',
    statement: 'RSV1 without permessage-deflate fails with 1002',
    test: (trial) =>
      trial.each([OP.continuation, OP.text, OP.binary, OP.ping, OP.close], async (opcode) => {
        const peer = await trial.open()
        peer.send(frame(opcode, opcode === OP.close ? '' : 'x', { rsv: 4 }))
        await peer.expectFailure(1002)
      }),
  },
  {
    number: 52,
    section: '6455 §5.2',
    level: 'M',
    statement: 'the reserved opcodes 3-7 fail with 1002',
    test: (trial) =>
      trial.each([3, 4, 5, 6, 7], async (opcode) => {
        const peer = await trial.open()
        peer.send(frame(opcode, 'x'))
        await peer.expectFailure(1002)
      }),
  },
  {
    number: 53,
    section: '6455 §5.2',
    level: 'M',
    statement: 'the reserved opcodes B-F fail with 1002',
    test: (trial) =>
      trial.each([11, 12, 13, 14, 15], async (opcode) => {
        const peer = await trial.open()
        peer.send(frame(opcode, 'x'))
        await peer.expectFailure(1002)
      }),
  },
  {
    number: 54,
    section: '6455 §5.2',
    level: 'M',
    statement: 'payloads of 0, 1, 125, 126, 127, 65535, 65536 and 2^20 bytes come back intact',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { maxMessageBytes: MIB } })
      const peer = await trial.open({ endpoint })
      const source = randomBytesOf(trial.random, 65_536)
      for (const length of [0, 1, 125, 126, 127, 65_535, 65_536]) {
        await peer.expectEcho(source.subarray(0, length), binary(source.subarray(0, length)))
      }
      const long = Buffer.concat(Array.from({ length: 16 }, () => source))
      await peer.expectEcho(long, binary(long))
    },
  },
  {
    number: 55,
    section: '6455 §5.2',
    level: 'M',
    statement: 'a 16-bit length below 126 fails with 1002',
    test: (trial) =>
      trial.each([0, 1, 125], async (length) => {
        const peer = await trial.open()
        peer.send(binary(Buffer.alloc(length), { lengthBits: 16 }))
        await peer.expectFailure(1002)
      }),
  },
  {
    number: 56,
    section: '6455 §5.2',
    level: 'M',
    statement: 'a 64-bit length below 65536 fails with 1002',
    test: (trial) =>
      trial.each([0, 125, 126, 65_535], async (length) => {
        const peer = await trial.open()
        peer.send(binary(Buffer.alloc(length), { lengthBits: 64 }))
        await peer.expectFailure(1002)
      }),
  },
  {
    number: 57,
    section: '6455 §5.2',
    level: 'M',
    statement: 'a 64-bit length with its most significant bit set fails with 1002',
    test: (trial) =>
      trial.each([2n ** 63n, 2n ** 63n + 5n, 2n ** 64n - 1n], async (declaredBytes) => {
        const peer = await trial.open()
        peer.send(binary(Buffer.from('x'), { declaredBytes }))
        await peer.expectFailure(1002)
      }),
  },
  {
    number: 58,
    section: '6455 §10.4',
    level: 'L',
    statement: 'a 64-bit length beyond 2^53-1 fails with 1009, even without a limit on messages',
    test: async (trial) => {
      const unlimited = trial.endpoint({ limits: { maxMessageBytes: Infinity } })
      await trial.each([2n ** 53n, 2n ** 62n, 2n ** 63n - 1n], async (declaredBytes) => {
        for (const endpoint of [unlimited, trial.plain]) {
          const peer = await trial.open({ endpoint })
          peer.send(binary(Buffer.from('x'), { declaredBytes }))
          await peer.expectFailure(1009)
        }
      })
    },
  },
  {
    number: 59,
    section: '6455 §10.4',
    level: 'M',
    statement:
      'a length beyond the limit fails with 1009 from the header alone; a length at the limit is accepted',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { maxMessageBytes: 1000 } })
      await trial.each([1001, 65_535, 65_536, 2 ** 31, 2 ** 40], async (declaredBytes) => {
        const peer = await trial.open({ endpoint })
        peer.send(binary(Buffer.alloc(0), { declaredBytes }))
        await peer.expectFailure(1009, { isFollowed: false })
      })
      const peer = await trial.open({ endpoint })
      await peer.expectEcho(Buffer.alloc(1000, 1), binary(Buffer.alloc(1000, 1)))
    },
  },
  {
    number: 60,
    section: '6455 §5.2',
    level: 'M',
    statement: 'a header may be split at every byte, in each of its forms of 6, 8 and 14 bytes',
    test: async (trial) => {
      const peer = await trial.open()
      for (const length of [5, 126, 65_536]) {
        const payload = randomBytesOf(trial.random, length)
        const bytes = binary(payload)
        for (let split = 1; split <= bytes.length - length; split++) {
          peer.send(bytes.subarray(0, split))
          await peer.flush()
          await peer.expectEcho(payload, bytes.subarray(split))
        }
      }
    },
  },
  {
    number: 61,
    section: '6455 §5.2',
    level: 'M',
    statement: 'several frames in one chunk are all processed, in order',
    test: async (trial) => {
      const peer = await trial.open()
      const names = Array.from({ length: 40 }, (_, index) => `message ${index}`)
      peer.send(Buffer.concat([...names.map((name) => text(name)), ping('between'), text('last')]))
      for (const name of [...names, 'last']) await peer.expectMessage(name)
      same(await peer.pong(), Buffer.from('between'), 'the pong')
      same(peer.served.messages, [...names, 'last'], 'the messages at the server')
    },
  },
  {
    number: 62,
    section: '6455 §7.1.5',
    level: 'M',
    statement: 'an end inside a header or a payload is 1006 for the application, and frees the connection',
    test: async (trial) => {
      const bytes = binary(Buffer.alloc(300, 1))
      await trial.each([1, 2, 3, 7, 8, 9, 307], async (length) => {
        const endpoint = trial.endpoint()
        const peer = await trial.open({ endpoint })
        peer.send(bytes.subarray(0, length))
        await peer.end()
        const { code, wasClean } = await peer.served.closed()
        same({ code, wasClean }, { code: 1006, wasClean: false }, 'the close event')
        same(peer.served.messages, [], 'the messages that were delivered')
        same(endpoint.server.connections.size, 0, 'connections that are left')
      })
    },
  },
  {
    number: 63,
    section: '6455 §5.2',
    level: 'M',
    statement: 'the server encodes lengths in the fewest bytes',
    test: async (trial) => {
      const peer = await trial.open({ hasNeighbour: false })
      const expected: readonly (readonly [length: number, headerBytes: number])[] = [
        [0, 2],
        [125, 2],
        [126, 4],
        [65_535, 4],
        [65_536, 10],
        [130_000, 10],
      ]
      for (const [length, headerBytes] of expected) {
        peer.served.connection.send(Buffer.alloc(length))
        await peer.expectMessage(Buffer.alloc(length))
        const last = peer.frames.at(-1)!
        holds(
          last.headerBytes === headerBytes,
          `a header of ${headerBytes} bytes for ${length}`,
          last.headerBytes,
        )
      }
    },
  },
]
