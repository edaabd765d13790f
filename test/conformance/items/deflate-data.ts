// RFC 7692 §6, §7.2 and §8: compressed messages in both directions.
import { deflateRawSync } from 'node:zlib'
import { prepareMessage } from '@roomcast/server/websocket'
import { holds, same } from '../check.ts'
import { deflateAlone, paramsOf, PeerDeflater } from '../deflate.ts'
import { binary, fragments, frame, OP, ping, text } from '../frames.ts'
import type { Item } from '../item.ts'
import { randomBytesOf } from '../random.ts'

const PMD = 'permessage-deflate'
const MIB = 2 ** 20
const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex')

/** A compressed text as one frame. */
const compressed = (payload: Uint8Array): Buffer => text(payload, { rsv: 4 })

/** So many zeros in about a thousandth of the bytes. */
function bomb(bytes: number): Buffer {
  return deflateAlone(Buffer.alloc(bytes))
}

export const DEFLATE_DATA: readonly Item[] = [
  {
    number: 136,
    section: '7692 §6.1',
    level: 'M',
    statement: 'RSV1 on a continuation fails with 1002, whether or not the first frame has it',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: true })
      await trial.each([0, 4], async (rsv) => {
        const { peer } = await trial.openDeflated(endpoint)
        const payload = rsv === 4 ? deflateAlone('compressed') : Buffer.from('as it is')
        peer.send(text(payload.subarray(0, 3), { rsv, isFinal: false }))
        peer.send(frame(OP.continuation, payload.subarray(3), { rsv: 4 }))
        await peer.expectFailure(1002)
      })
    },
  },
  {
    number: 137,
    section: '7692 §6',
    level: 'M',
    statement: 'messages without RSV1 are taken as they are, among compressed ones',
    test: async (trial) => {
      const { peer, deflater } = await trial.openDeflated(trial.endpoint({ deflate: true }))
      for (const value of ['one', 'two', 'three']) {
        await peer.expectEcho(value, text(value))
        await peer.expectEcho(value, compressed(deflater.deflate(value)))
      }
      await peer.expectEcho(Buffer.from('four'), binary(Buffer.from('four')))
      await peer.expectEcho(Buffer.from('four'), binary(deflater.deflate('four'), { rsv: 4 }))
    },
  },
  {
    number: 138,
    section: '7692 §6.1',
    level: 'M',
    statement: 'a compressed message may be cut into fragments at any byte, with control frames between',
    test: async (trial) => {
      const { peer, deflater } = await trial.openDeflated(trial.endpoint({ deflate: true }))
      const value = 'Hello, hello, hello wörld €'
      for (let cut = 0; cut <= deflateAlone(value).length; cut++) {
        const [first, last] = fragments(OP.text, deflater.deflate(value), [cut], 4)
        peer.send(first!, ping('between'), last!)
        await peer.expectMessage(value)
        same(await peer.pong(), Buffer.from('between'), 'the pong')
      }
    },
  },
  {
    number: 139,
    section: '7692 §7.1.1.2',
    level: 'M',
    statement:
      'the window of a client is taken over through 1000 messages; with client_no_context_takeover never',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: { peerContextTakeover: true } })
      const { peer, deflater, answer } = await trial.openDeflated(endpoint)
      same(answer.has('client_no_context_takeover'), false, 'client_no_context_takeover in the answer')
      const values = Array.from({ length: 1000 }, (_, index) => `message ${index} of a thousand`)
      peer.send(...values.map((value) => compressed(deflater.deflate(value))))
      for (const value of values) await peer.expectMessage(value)

      const { peer: other } = await trial.openDeflated(endpoint, `${PMD}; client_no_context_takeover`)
      await other.expectEcho('same words', compressed(deflateAlone('same words')))
      await other.expectEcho('same words', compressed(deflateAlone('same words')))
      // One that refers back all the same cannot be read.
      const keeping = new PeerDeflater(paramsOf(new Map()))
      other.send(compressed(keeping.deflate('words that come twice')))
      await other.expectMessage('words that come twice')
      other.send(compressed(keeping.deflate('words that come twice')))
      await other.expectFailure(1007, { delivered: ['same words', 'same words', 'words that come twice'] })
    },
  },
  {
    number: 140,
    section: '7692 §7.2.1',
    level: 'M',
    statement: 'the four bytes that were removed are restored; an empty message is a single 00, both ways',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: { thresholdBytes: 0 } })
      const { peer } = await trial.openDeflated(endpoint)
      await peer.expectEcho('', compressed(Buffer.from([0])))
      await peer.expectEcho('Hello', compressed(hex('f2 48 cd c9 c9 07 00')))
      const value = 'compressed by the server '.repeat(20)
      peer.send(text(value))
      const { isCompressed } = await peer.expectMessage(value)
      same(isCompressed, true, 'compression')
      const last = peer.frames.at(-1)!.payload
      holds(!last.subarray(-4).equals(hex('00 00 ff ff')), 'a payload without the tail', last)
    },
  },
  {
    number: 141,
    section: '7692 §7.2.3',
    level: 'M',
    statement: 'any blocks are read: several, stored, final ones, and messages that follow a final block',
    test: async (trial) => {
      for (const deflate of [true, { peerContextTakeover: true }] as const) {
        const { peer, deflater } = await trial.openDeflated(trial.endpoint({ deflate }))
        const cases = [
          'f2 48 cd c9 c9 07 00', // §7.2.3.1
          '00 05 00 fa ff 48 65 6c 6c 6f 00', // §7.2.3.3, stored
          'f3 48 cd c9 c9 07 00 00', // §7.2.3.4, a final block
          'f2 48 05 00 00 00 ff ff ca c9 c9 07 00', // §7.2.3.5, two blocks
        ]
        for (const digits of [...cases, ...cases]) await peer.expectEcho('Hello', compressed(hex(digits)))
        const value = 'after final blocks '.repeat(5)
        await peer.expectEcho(value, compressed(deflater.deflate(value)))
        const whole = deflateRawSync(Buffer.from(value))
        await peer.expectEcho(value, compressed(Buffer.concat([whole, Buffer.from([0])])))
      }
    },
  },
  {
    number: 142,
    section: '7692 §7.2.2',
    level: 'M',
    statement: 'data that cannot be inflated fails with 1007',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: true })
      await trial.each(
        ['ff ff ff', '07', '00 05 00 00 00 48', 'f2 48 cd c9 c9 07 00 06 ff'],
        async (digits) => {
          const { peer } = await trial.openDeflated(endpoint)
          peer.send(compressed(hex(digits)))
          await peer.expectFailure(1007)
        },
      )
    },
  },
  {
    number: 143,
    section: '7692 §8',
    level: 'L',
    statement:
      'a message that inflates beyond the limit, or beyond the ratio, fails with 1009 and is not delivered',
    test: async (trial) => {
      const ratio = trial.endpoint({ deflate: true, limits: { maxMessageBytes: 64 * MIB } })
      const size = trial.endpoint({
        deflate: { maxInflateRatio: Infinity },
        limits: { maxMessageBytes: MIB },
      })
      for (const endpoint of [ratio, size]) {
        const { peer } = await trial.openDeflated(endpoint)
        peer.send(compressed(bomb(16 * MIB)))
        await peer.expectFailure(1009)
      }
      // At the limit it is still welcome.
      const { peer } = await trial.openDeflated(size)
      await peer.expectEcho(Buffer.alloc(MIB), binary(bomb(MIB), { rsv: 4 }))
    },
  },
  {
    number: 144,
    section: '7692 §8',
    level: 'L',
    statement: 'the limits of inflating hold for a message however it is cut into fragments',
    test: async (trial) => {
      const options = { deflate: { maxInflateRatio: Infinity }, limits: { maxMessageBytes: MIB } }
      const { peer } = await trial.openDeflated(trial.endpoint(options))
      const payload = bomb(8 * MIB)
      const step = Math.ceil(payload.length / 100)
      peer.send(
        ...fragments(
          OP.binary,
          payload,
          Array.from({ length: 99 }, () => step),
          4,
        ),
      )
      await peer.expectFailure(1009)
    },
  },
  {
    number: 145,
    section: '7692 §6.1',
    level: 'M',
    statement:
      'compressed control frames fail with 1002; as they are, they are answered among compressed messages',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: true })
      const { peer, deflater } = await trial.openDeflated(endpoint)
      await peer.expectEcho('hello', compressed(deflater.deflate('hello')))
      peer.send(ping('plain'))
      same(await peer.pong(), Buffer.from('plain'), 'the pong')
      peer.send(frame(OP.ping, deflateAlone('compressed'), { rsv: 4 }))
      await peer.expectFailure(1002, { delivered: ['hello'] })
    },
  },
  {
    number: 146,
    section: '7692 §6',
    level: 'L',
    statement:
      'short messages, those that opt out and those that would grow are sent as they are, others compressed',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: { thresholdBytes: 500 } })
      const { peer } = await trial.openDeflated(endpoint, PMD, { hasNeighbour: false })
      const { connection } = peer.served
      const long = 'compressible '.repeat(100)
      const noise = randomBytesOf(trial.random, 5000)
      const expectSent = async (
        data: string | Buffer,
        isCompressed: boolean,
        compress?: boolean,
      ): Promise<void> => {
        connection.send(data, ...(compress === undefined ? [] : [{ compress }]))
        const message = await peer.expectMessage(data)
        same(message.isCompressed, isCompressed, `compression of ${data.length} bytes`)
        holds(
          message.wireBytes <= Buffer.byteLength(data),
          'no more bytes than the message has',
          message.wireBytes,
        )
      }
      await expectSent('x'.repeat(499), false)
      await expectSent('x'.repeat(500), true)
      await expectSent(long, true)
      await expectSent(long, false, false)
      await expectSent(noise, false)
      await expectSent(Buffer.from(long), true)
    },
  },
  {
    number: 147,
    section: '7692 §7.1',
    level: 'L',
    statement: 'a prepared message is valid for every connection, whatever each agreed on',
    test: async (trial) => {
      const shared = trial.endpoint({ deflate: true })
      const keeping = trial.endpoint({ deflate: { contextTakeover: true } })
      const options = { hasNeighbour: false }
      const peers = [
        (await trial.openDeflated(shared, PMD, options)).peer,
        (await trial.openDeflated(shared, PMD, options)).peer,
        (await trial.openDeflated(shared, `${PMD}; server_max_window_bits=9`, options)).peer,
        (await trial.openDeflated(keeping, PMD, options)).peer,
        (await trial.openDeflated(keeping, `${PMD}; server_max_window_bits=10`, options)).peer,
        await trial.open({ endpoint: shared, ...options }),
      ]
      const unit = randomBytesOf(trial.random, 700).toString('latin1')
      for (const data of ['to all of you '.repeat(200), unit.repeat(4), 'short']) {
        const message = prepareMessage(data)
        for (const peer of peers) peer.served.connection.sendPrepared(message)
        for (const peer of peers) await peer.expectMessage(data)
      }
    },
  },
  {
    number: 148,
    section: '7692 §6',
    level: 'L',
    statement:
      'compression keeps messages in order in both directions, and a ping is not kept waiting for all of them',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: { thresholdBytes: 100 } })
      const { peer } = await trial.openDeflated(endpoint)
      const values = Array.from({ length: 60 }, (_, index) =>
        index % 3 === 0 ? `short ${index}` : `long ${index} `.repeat(index % 3 === 1 ? 50 : 3000),
      )
      peer.send(
        ...values.map((value, index) => (index % 2 === 0 ? text(value) : compressed(deflateAlone(value)))),
      )
      peer.send(ping('at the end'))
      for (const value of values) await peer.expectMessage(value)
      same(await peer.pong(), Buffer.from('at the end'), 'the pong')
      same(peer.served.messages, values, 'the messages at the server')
    },
  },
]
