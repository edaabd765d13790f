// RFC 6455 §7: how the server ends connections, and what its application hears of any end.
import type { Duplex } from 'node:stream'
import { holds, same, throws } from '../check.ts'
import { close, closePayload, frame, OP, text } from '../frames.ts'
import type { Item } from '../item.ts'
import { eventually } from '../patience.ts'
import { drop } from '../transports.ts'
import type { Trial } from '../trial.ts'

/** A stream that can be reset: a TCP socket under TLS or not. */
type Resettable = Duplex & { resetAndDestroy?: () => void }

/** Every way in which a connection can end; each is one close event. */
const ENDINGS: Readonly<
  Record<string, (trial: Trial) => Promise<{ closes: readonly unknown[]; events: readonly string[] }>>
> = {
  'the peer closes': async (trial) => {
    const peer = await trial.open()
    peer.send(text('a'), text('b'), close(1000))
    await peer.expectMessage('a')
    await peer.expectMessage('b')
    await peer.expectCleanEnd([1000], 1000)
    return peer.served
  },
  'the server closes': async (trial) => {
    const peer = await trial.open()
    peer.send(text('a'))
    await peer.expectMessage('a')
    peer.served.connection.close(1000)
    peer.served.connection.close(1001)
    await peer.closeFrame()
    peer.send(frame(OP.close, closePayload(1000)))
    await peer.ended()
    await peer.served.closed()
    return peer.served
  },
  'the peer breaks the protocol': async (trial) => {
    const peer = await trial.open()
    peer.send(text('a'), frame(3, 'x'))
    await peer.expectMessage('a')
    await peer.expectFailure(1002, { delivered: ['a'] })
    return peer.served
  },
  'the server terminates': async (trial) => {
    const peer = await trial.open()
    peer.send(text('a'))
    await peer.expectMessage('a')
    peer.served.connection.terminate()
    peer.served.connection.terminate()
    await peer.ended()
    await peer.served.closed()
    return peer.served
  },
  'the stream ends': async (trial) => {
    const peer = await trial.open()
    peer.send(text('a'))
    await peer.end()
    await peer.served.closed()
    return peer.served
  },
}

export const ENDING: readonly Item[] = [
  {
    number: 98,
    section: '6455 §5.5.1',
    level: 'M',
    statement:
      'what was sent before close() leaves before the Close frame, and nothing after it; sending then is refused',
    test: async (trial) => {
      const peer = await trial.open({ hasNeighbour: false })
      const { connection } = peer.served
      const long = Buffer.alloc(300_000, 1)
      same([connection.send('first'), connection.send(long)], [true, true], 'the results of send')
      connection.close(1000)
      same(connection.send('too late'), false, 'the result of send after close')
      connection.ping()
      await peer.expectMessage('first')
      await peer.expectMessage(long)
      same((await peer.closeFrame()).code, 1000, 'the Close frame')
      peer.send(close(1000))
      await peer.ended()
    },
  },
  {
    number: 99,
    section: '6455 §7.1.4',
    level: 'L',
    statement: 'however a connection ends, there is exactly one close event, after the last message',
    test: (trial) =>
      trial.each(
        Object.entries(ENDINGS),
        async ([, run]) => {
          const { closes, events } = await run(trial)
          // Whatever might come too late comes in the next turns.
          await new Promise((resolve) => setImmediate(resolve))
          same(closes.length, 1, 'close events')
          same(events.indexOf('close'), events.length - 1, 'the place of the close event')
        },
        ([name]) => name,
      ),
  },
  {
    number: 100,
    section: '6455 §7.1.5',
    level: 'M',
    statement: 'an end of the stream without a Close, orderly or by a reset, is 1006 and not clean',
    test: (trial) =>
      trial.each(['end', 'reset'], async (kind) => {
        const peer = await trial.open()
        await peer.expectEcho('a', text('a'))
        const stream = peer.stream as Resettable
        if (kind === 'end') await peer.end()
        else if (stream.resetAndDestroy && trial.transport === 'h1') stream.resetAndDestroy()
        else await drop(stream)
        const { code, reason, wasClean } = await peer.served.closed()
        same({ code, reason, wasClean }, { code: 1006, reason: '', wasClean: false }, 'the close event')
      }),
  },
  {
    number: 101,
    section: '6455 §7.1.7',
    level: 'M',
    statement: 'a failed connection says why and discards the rest of the input, the Close of the peer too',
    test: async (trial) => {
      const peer = await trial.open()
      peer.send(text('before'), frame(OP.text, 'x', { rsv: 2 }), text('behind'), close(1002))
      await peer.expectMessage('before')
      await peer.expectFailure(1002, { delivered: ['before'] })
      // The answer to the server's Close changes nothing either.
      const polite = await trial.open()
      polite.send(frame(OP.text, 'x', { rsv: 2 }))
      same((await polite.closeFrame()).code, 1002, 'the Close frame')
      polite.send(close(1002))
      await polite.flush()
      await polite.ended()
      const { code, wasClean } = await polite.served.closed()
      same({ code, wasClean }, { code: 1002, wasClean: false }, 'the close event')
    },
  },
  {
    number: 102,
    section: '6455 §7.4.1',
    level: 'S',
    statement:
      'a handler that throws closes its connection with 1011, says nothing of why, and harms no other',
    test: async (trial) => {
      const bystander = await trial.open()
      const peer = await trial.open({
        application: () => ({
          message: () => {
            throw new Error('a secret of the application')
          },
        }),
      })
      peer.send(text('boom'), text('never delivered'))
      const { code, reason } = await peer.closeFrame()
      same(code, 1011, 'the Close frame')
      holds(!reason.includes('secret'), 'a reason without internal details', reason)
      await peer.ended()
      same(peer.served.messages, ['boom'], 'the messages that were delivered')
      await bystander.expectAlive()
    },
  },
  {
    number: 103,
    section: '6455 §7.4.1',
    level: 'S',
    statement:
      'an application that takes texts only closes with 1003 on binary data; earlier texts are answered',
    test: async (trial) => {
      const peer = await trial.open({
        application: ({ connection }) => ({
          message: (data) => {
            if (typeof data === 'string') connection.send(data)
            else connection.close(1003, 'texts only')
          },
        }),
      })
      peer.send(text('text'), frame(OP.binary, 'binary'), text('behind'))
      await peer.expectMessage('text')
      same(await peer.closeFrame(), { code: 1003, reason: 'texts only' }, 'the Close frame')
      same(peer.served.messages, ['text', Buffer.from('binary')], 'the messages that were delivered')
    },
  },
  {
    number: 104,
    section: '6455 §7.4.1',
    level: 'S',
    statement: 'more messages or bytes than the rates allow close with 1008',
    test: async (trial) => {
      const cases = [
        { messageRate: { perSecond: 1, burst: 10 } },
        { byteRate: { perSecond: 1, burst: 2000 } },
      ]
      await trial.each(
        cases,
        async (limits) => {
          const endpoint = trial.endpoint({ limits })
          const peer = await trial.open({ endpoint, application: () => ({}), hasNeighbour: false })
          // Twice, since one chunk may be as long as it likes: it empties the bucket.
          for (let count = 0; count < 2; count++) {
            peer.send(...Array.from({ length: 20 }, () => text('x'.repeat(100))))
            await peer.flush()
          }
          const { code } = await peer.closeFrame()
          same(code, 1008, 'the Close frame')
          await peer.ended()
          const count = peer.served.messages.length
          holds(count <= 20, 'at most as many messages as the rate allows', count)
        },
        (limits) => Object.keys(limits).join(),
      )
    },
  },
  {
    number: 105,
    section: '6455 §7.4.1',
    level: 'S',
    statement: 'a server that closes says 1001, one that drains 1012, a connection that does not read 1013',
    test: async (trial) => {
      const closing = trial.endpoint()
      const first = await trial.open({ endpoint: closing })
      await first.expectAlive()
      const closed = closing.server.close()
      same((await first.closeFrame()).code, 1001, 'the Close frame of a server that closes')
      first.send(close(1001))
      await first.flush()
      await closed

      trial.renewSession()
      const draining = trial.endpoint()
      const second = await trial.open({ endpoint: draining })
      await second.expectAlive()
      const drained = draining.server.drain({ windowMs: 50 })
      same((await second.closeFrame()).code, 1012, 'the Close frame of a server that drains')
      second.send(close(1012))
      await second.flush()
      await drained

      trial.renewSession()
      const limited = trial.endpoint({ limits: { maxBufferedBytes: 100_000 } })
      const third = await trial.open({ endpoint: limited })
      await third.expectAlive()
      const { connection } = third.served
      while (connection.send(Buffer.alloc(60_000)));
      await eventually(() => connection.state !== 'open', 'a connection that closes')
      const { code } = await third
        .frame(({ opcode }) => opcode === OP.close, 'a Close frame')
        .then(({ payload }) => ({
          code: payload.readUInt16BE(0),
        }))
      same(code, 1013, 'the Close frame of a connection that does not read')
    },
  },
  {
    number: 106,
    section: '6455 §7.4.1',
    level: 'M',
    statement:
      'a server never sends 1004, 1005, 1006, 1010 or 1015: the API throws, and 1010 is answered with 1000',
    test: async (trial) => {
      const peer = await trial.open()
      await peer.expectAlive()
      const { connection } = peer.served
      for (const code of [1004, 1005, 1006, 1015]) throws(() => connection.close(code), `close(${code})`)
      same(connection.state, 'open', 'the state')
      peer.send(close(1010, 'an extension is missing'))
      // The decoder accepts no Close frame with such a code from any server, in any item.
      await peer.expectCleanEnd([1000], 1010)
    },
  },
]
