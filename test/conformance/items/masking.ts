// RFC 6455 §5.1 and §5.3: clients mask, servers do not.
import { same } from '../check.ts'
import { binary, close, frame, OP, ping, text } from '../frames.ts'
import type { Item } from '../item.ts'
import { randomBytesOf } from '../random.ts'

export const MASKING: readonly Item[] = [
  {
    number: 46,
    section: '6455 §5.1',
    level: 'M',
    statement: 'an unmasked frame of any opcode fails with 1002 and is not delivered',
    test: (trial) =>
      trial.each([OP.continuation, OP.text, OP.binary, OP.close, OP.ping, OP.pong], async (opcode) => {
        const peer = await trial.open()
        peer.send(frame(opcode, opcode === OP.close ? '' : 'naked', { isMasked: false }))
        await peer.expectFailure(1002)
      }),
  },
  {
    number: 47,
    section: '6455 §5.3',
    level: 'M',
    statement: 'the masking key 00000000 is a key like any other',
    test: async (trial) => {
      const peer = await trial.open()
      const key = Buffer.alloc(4)
      await peer.expectEcho('plain to see', text('plain to see', { key }))
      await peer.expectEcho(Buffer.alloc(300, 7), binary(Buffer.alloc(300, 7), { key }))
    },
  },
  {
    number: 48,
    section: '6455 §5.3',
    level: 'M',
    statement: 'a payload is unmasked by its offset modulo 4 however it is split: lengths 0-300 and 64 KiB±4',
    test: async (trial) => {
      const peer = await trial.open()
      const lengths = [...Array(301).keys(), ...Array.from({ length: 9 }, (_, index) => 65_532 + index)]
      const source = randomBytesOf(trial.random, 65_540)
      // All are sent before the first answer is read, so that frames begin anywhere in a chunk.
      for (const length of lengths) peer.send(binary(source.subarray(0, length)))
      for (const length of lengths) await peer.expectMessage(source.subarray(0, length))
    },
  },
  {
    number: 49,
    section: '6455 §5.1',
    level: 'M',
    statement: 'no frame of a server is masked, whatever its kind (the decoder of the peer accepts no other)',
    test: async (trial) => {
      const peer = await trial.open()
      await peer.expectEcho('text', text('text'))
      await peer.expectEcho(Buffer.from('binary'), binary(Buffer.from('binary')))
      peer.send(ping('p'))
      same(await peer.pong(), Buffer.from('p'), 'the pong')
      peer.served.connection.ping()
      await peer.frame(({ opcode }) => opcode === OP.ping, 'a ping of the server')
      peer.send(close(1000))
      await peer.expectCleanEnd([1000], 1000)
    },
  },
]
