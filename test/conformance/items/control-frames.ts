// RFC 6455 §5.5.2, §5.5.3 and what all control frames have in common.
import { holds, Mismatch, same } from '../check.ts'
import { close, fragments, frame, OP, ping, pong, text } from '../frames.ts'
import type { Item } from '../item.ts'

const CONTROLS = [OP.close, OP.ping, OP.pong]

/** The payload that a control frame is sent with, so that it would be valid but for what is tested. */
const payloadFor = (opcode: number, bytes: number): Buffer =>
  opcode === OP.close
    ? Buffer.concat([Buffer.from([0x03, 0xe8]), Buffer.alloc(bytes - 2, 120)])
    : Buffer.alloc(bytes, 120)

export const CONTROL_FRAMES: readonly Item[] = [
  {
    number: 75,
    section: '6455 §5.5',
    level: 'M',
    statement: 'a control frame of more than 125 bytes, in either long form, fails with 1002',
    test: (trial) =>
      trial.each(CONTROLS, async (opcode) => {
        for (const bytes of [126, 1000, 65_536]) {
          const peer = await trial.open()
          peer.send(frame(opcode, payloadFor(opcode, bytes)))
          await peer.expectFailure(1002)
        }
        const peer = await trial.open()
        peer.send(frame(opcode, payloadFor(opcode, 100), { lengthBits: 16 }))
        await peer.expectFailure(1002)
      }),
  },
  {
    number: 76,
    section: '6455 §5.5',
    level: 'M',
    statement: 'a fragmented control frame fails with 1002',
    test: (trial) =>
      trial.each(CONTROLS, async (opcode) => {
        const peer = await trial.open()
        peer.send(frame(opcode, payloadFor(opcode, 10), { isFinal: false }))
        await peer.expectFailure(1002)
      }),
  },
  {
    number: 77,
    section: '7692 §6',
    level: 'M',
    statement: 'RSV1 on a control frame fails with 1002 also when compression was agreed on',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: true })
      await trial.each(CONTROLS, async (opcode) => {
        const { peer } = await trial.openDeflated(endpoint)
        peer.send(frame(opcode, payloadFor(opcode, 10), { rsv: 4 }))
        await peer.expectFailure(1002)
      })
    },
  },
  {
    number: 78,
    section: '6455 §5.2',
    level: 'M',
    statement:
      'RSV1 and FIN=0 together fail with 1002 and break nothing; on the first frame of a message RSV1 may be',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: true })
      await trial.each(CONTROLS, async (opcode) => {
        const { peer } = await trial.openDeflated(endpoint)
        peer.send(frame(opcode, payloadFor(opcode, 10), { rsv: 4, isFinal: false }))
        await peer.expectFailure(1002)
      })
      await trial.each([OP.text, OP.binary, OP.ping], async (opcode) => {
        const peer = await trial.open()
        peer.send(frame(opcode, 'x', { rsv: 4, isFinal: false }))
        await peer.expectFailure(1002)
      })
      const { peer, deflater } = await trial.openDeflated(endpoint)
      peer.send(...fragments(OP.text, deflater.deflate('in two fragments'), [3], 4))
      await peer.expectMessage('in two fragments')
    },
  },
  {
    number: 79,
    section: '6455 §5.5.2',
    level: 'M',
    statement: 'a ping of 0, 1 or 125 bytes is answered by a pong with the same payload',
    test: async (trial) => {
      const peer = await trial.open()
      for (const payload of [Buffer.alloc(0), Buffer.from([0xff]), Buffer.alloc(125, 0xfe)]) {
        peer.send(frame(OP.ping, payload))
        same(await peer.pong(), payload, 'the pong')
      }
    },
  },
  {
    number: 80,
    section: '6455 §5.5.3',
    level: 'M',
    statement:
      'of pings that come together the last is answered, the others may be; pongs are in order and no more',
    test: async (trial) => {
      const peer = await trial.open()
      const names = Array.from({ length: 30 }, (_, index) => `ping ${index}`)
      peer.send(Buffer.concat(names.map((name) => ping(name))))
      let last = -1
      while (last < names.length - 1) {
        const index = names.indexOf((await peer.pong()).toString())
        holds(index > last, `a pong to a ping after number ${last}`, index)
        last = index
      }
      await peer.expectAlive()
      peer.expectNothingMore()
    },
  },
  {
    number: 81,
    section: '6455 §5.5.3',
    level: 'M',
    statement: 'a pong that nobody asked for is ignored, empty or of 125 bytes',
    test: async (trial) => {
      const peer = await trial.open()
      peer.send(pong(), frame(OP.pong, Buffer.alloc(125, 1)), text('after'))
      await peer.expectMessage('after')
      peer.expectNothingMore()
      same(peer.served.messages, ['after'], 'the messages that were delivered')
    },
  },
  {
    number: 82,
    section: '6455 §5.5.2',
    level: 'M',
    statement: 'a ping after a Close is not answered',
    test: async (trial) => {
      const peer = await trial.open()
      peer.send(close(1000), ping('too late'))
      await peer.expectCleanEnd([1000], 1000)
      holds(!peer.frames.some(({ opcode }) => opcode === OP.pong), 'no pong', 'one')
    },
  },
  {
    number: 83,
    section: '6455 §5.4',
    level: 'S',
    statement: 'a pong overtakes, at a frame boundary, a large message that is being sent',
    test: async (trial) => {
      const endpoint = trial.endpoint({
        limits: { maxBufferedBytes: Infinity, noProgressTimeoutMs: Infinity },
      })
      const peer = await trial.open({ endpoint, hasNeighbour: false })
      // While the peer does not read, the network takes some of the message and then no more.
      peer.stream.pause()
      // More than the buffers of two TCP sockets, or than the window of a stream, hold.
      const size = (trial.transport === 'h2' ? 2 : 16) * 2 ** 20
      peer.served.connection.send(Buffer.alloc(size, 1))
      peer.send(ping('urgent'))
      await peer.flush()
      peer.stream.resume()
      same(await peer.pong(), Buffer.from('urgent'), 'the pong')
      const at = peer.frames.findIndex(({ opcode }) => opcode === OP.pong)
      const last = peer.frames.findIndex(({ opcode, isFinal }) => opcode <= OP.binary && isFinal)
      if (last >= 0 && last < at)
        throw new Mismatch('a pong before the end of the message', `a pong as frame ${at}`)
      const { data } = await peer.message()
      same(data.length, size, 'the length of the message')
    },
  },
  {
    number: 84,
    section: '6455 §10.4',
    level: 'L',
    statement: 'pings and pongs beyond the rate fail with 1008',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { controlFrameRate: { perSecond: 1, burst: 20 } } })
      await trial.each([OP.ping, OP.pong], async (opcode) => {
        const peer = await trial.open({ endpoint, hasNeighbour: false })
        peer.send(Buffer.concat(Array.from({ length: 200 }, () => frame(opcode, 'flood'))))
        const { code } = await peer.closeFrame()
        same(code, 1008, 'a Close frame with the code')
        await peer.ended()
        const answered = peer.frames.filter((one) => one.opcode === OP.pong).length
        // Those of the chunk in which the rate was exceeded may have been answered already.
        holds(answered < 200, 'fewer pongs than pings', answered)
      })
    },
  },
]
