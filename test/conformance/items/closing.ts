// RFC 6455 §5.5.1 and §7: Close frames from the peer, their codes and reasons.
import { holds, same } from '../check.ts'
import { close, closePayload, frame, OP, ping, text } from '../frames.ts'
import type { Item } from '../item.ts'

const SENDABLE = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
]
const UNSENDABLE = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]

export const CLOSING: readonly Item[] = [
  {
    number: 85,
    section: '6455 §7.1.5',
    level: 'M',
    statement: 'an empty Close is answered with a Close and is 1005 for the application',
    test: async (trial) => {
      const peer = await trial.open()
      peer.send(close())
      await peer.expectCleanEnd([1000, 1005], 1005)
    },
  },
  {
    number: 86,
    section: '6455 §5.5.1',
    level: 'M',
    statement: 'a Close with a payload of one byte fails with 1002',
    test: async (trial) => {
      const peer = await trial.open()
      peer.send(frame(OP.close, Buffer.from([3])))
      await peer.expectFailure(1002)
    },
  },
  {
    number: 87,
    section: '6455 §7.4',
    level: 'M',
    statement:
      'the codes 1000-1003, 1007-1014 and 3000-4999 are accepted and echoed; 1010, which servers do not send, with 1000',
    test: (trial) =>
      trial.each(SENDABLE, async (code) => {
        const peer = await trial.open()
        peer.send(close(code, 'a reason'))
        await peer.expectCleanEnd([code === 1010 ? 1000 : code], code)
        same((await peer.served.closed()).reason, 'a reason', 'the reason')
      }),
  },
  {
    number: 88,
    section: '6455 §7.4',
    level: 'M',
    statement: 'the codes 0-999, 1004-1006, 1015-2999 and from 5000 on fail with 1002',
    test: (trial) =>
      trial.each(UNSENDABLE, async (code) => {
        const peer = await trial.open()
        peer.send(close(code))
        await peer.expectFailure(1002)
      }),
  },
  {
    number: 89,
    section: '6455 §8.1',
    level: 'M',
    statement: 'a reason that is not UTF-8 fails with 1007',
    test: (trial) =>
      trial.each(
        [Buffer.from([0xff]), Buffer.from([0xce, 0xba, 0xe1]), Buffer.from([0xed, 0xa0, 0x80])],
        async (reason) => {
          const peer = await trial.open()
          peer.send(close(1000, reason))
          await peer.expectFailure(1007)
        },
        (reason) => reason.toString('hex'),
      ),
  },
  {
    number: 90,
    section: '6455 §5.5',
    level: 'M',
    statement: 'a reason of 123 bytes is accepted, one of 124 makes the frame too long (1002)',
    test: async (trial) => {
      const peer = await trial.open()
      peer.send(close(1000, 'é'.repeat(61) + 'x'))
      await peer.expectCleanEnd([1000], 1000)
      same((await peer.served.closed()).reason, 'é'.repeat(61) + 'x', 'the reason')
      const other = await trial.open()
      other.send(close(1000, 'x'.repeat(124)))
      await other.expectFailure(1002)
    },
  },
  {
    number: 91,
    section: '6455 §5.5.1',
    level: 'M',
    statement: 'data and control frames after a Close are ignored',
    test: async (trial) => {
      const peer = await trial.open()
      peer.send(close(1000), text('late'), ping('late'), text('later'))
      await peer.expectCleanEnd([1000], 1000)
      same(peer.served.messages, [], 'the messages that were delivered')
    },
  },
  {
    number: 92,
    section: '6455 §5.5.1',
    level: 'M',
    statement: 'a second Close is ignored, a malformed one too',
    test: (trial) =>
      trial.each(
        [close(4000, 'second'), close(), frame(OP.close, Buffer.from([1]))],
        async (second) => {
          const peer = await trial.open()
          peer.send(close(1001, 'first'), second)
          await peer.expectCleanEnd([1001], 1001)
          same((await peer.served.closed()).reason, 'first', 'the reason')
        },
        (second) => `${second.length} bytes`,
      ),
  },
  {
    number: 93,
    section: '6455 §7.1.1',
    level: 'M',
    statement: 'after both Closes the server is the first to end the stream, and does so at once',
    test: async (trial) => {
      // With a deadline this late, an end that comes in time is not the deadline's work.
      const endpoint = trial.endpoint({ limits: { closeTimeoutMs: 60_000 } })
      const peer = await trial.open({ endpoint })
      peer.send(close(1000))
      await peer.expectCleanEnd([1000], 1000)
      const asked = await trial.open({ endpoint })
      await asked.expectAlive()
      asked.served.connection.close(4001, 'yours')
      same(await asked.closeFrame(), { code: 4001, reason: 'yours' }, 'the Close frame')
      holds(!asked.hasEnded, 'a stream that is open until our Close', 'its end')
      asked.send(frame(OP.close, closePayload(4001)))
      await asked.ended()
      holds(asked.hasEnded, 'an orderly end of the stream', 'a reset')
    },
  },
  {
    number: 94,
    section: '6455 §7.1.1',
    level: 'L',
    statement:
      'when the peer does not answer our Close, the stream is destroyed at the deadline, and it is 1006',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { closeTimeoutMs: 60, sweepIntervalMs: 20 } })
      const peer = await trial.open({ endpoint })
      await peer.expectAlive()
      peer.served.connection.close(1000)
      same((await peer.closeFrame()).code, 1000, 'the Close frame')
      const { code, wasClean } = await peer.served.closed()
      same({ code, wasClean }, { code: 1006, wasClean: false }, 'the close event')
      await peer.ended()
    },
  },
  {
    number: 95,
    section: '6455 §7.1.1',
    level: 'L',
    statement:
      'data that comes after our Close is neither delivered nor kept, and does not put off the deadline',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { closeTimeoutMs: 80, sweepIntervalMs: 20 } })
      const peer = await trial.open({ endpoint })
      await peer.expectAlive()
      peer.served.connection.close(1000)
      await peer.closeFrame()
      for (let count = 0; count < 20; count++) peer.send(text('x'.repeat(1000)))
      await peer.flush()
      // The begin of a message that would be far too long to keep.
      peer.send(text('x'.repeat(1000), { isFinal: false }))
      await peer.ended()
      same((await peer.served.closed()).code, 1006, 'the close event')
      same(peer.served.messages, [], 'the messages that were delivered')
    },
  },
  {
    number: 96,
    section: '6455 §7.1.2',
    level: 'M',
    statement: 'when both sides send Close at the same time, it is one clean end with the code of the peer',
    test: async (trial) => {
      const peer = await trial.open()
      await peer.expectAlive()
      peer.served.connection.close(4001, 'ours')
      peer.send(close(4002, 'theirs'))
      same(await peer.closeFrame(), { code: 4001, reason: 'ours' }, 'the Close frame')
      await peer.expectCleanEnd([4001], 4002)
      same(peer.served.closes.length, 1, 'close events')
    },
  },
  {
    number: 97,
    section: '6455 §7.4.1',
    level: 'M',
    statement:
      'closing with a code that must not be sent or a reason of over 123 bytes throws, and changes nothing',
    test: async (trial) => {
      const peer = await trial.open()
      await peer.expectAlive()
      const { connection } = peer.served
      for (const code of [-1, 0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_536, 1000.5, NaN]) {
        let hasThrown = false
        try {
          connection.close(code)
        } catch {
          hasThrown = true
        }
        holds(hasThrown, `an exception for the code ${code}`, 'none')
      }
      for (const reason of ['x'.repeat(124), 'é'.repeat(62)]) {
        let hasThrown = false
        try {
          connection.close(1000, reason)
        } catch {
          hasThrown = true
        }
        holds(hasThrown, `an exception for a reason of ${Buffer.byteLength(reason)} bytes`, 'none')
      }
      same(connection.state, 'open', 'the state')
      await peer.expectAlive()
    },
  },
]
