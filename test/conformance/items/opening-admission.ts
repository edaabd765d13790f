// The request of a handshake over any transport: what it offers, where it comes from, and who decides on it.
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { holds, Mismatch, oneOf, same } from '../check.ts'
import { frame, text } from '../frames.ts'
import type { ServerOptions } from '../host.ts'
import type { Item } from '../item.ts'
import { eventually, within } from '../patience.ts'
import { dial, drop, readAnswer, readToEnd, requestBytes, valuesOf, type Changes } from '../transports.ts'
import type { Handshake, Trial } from '../trial.ts'

/** Sends a handshake that must be refused before the application hears of it. */
async function expectRefusal(
  trial: Trial,
  options: ServerOptions,
  changes: Changes,
  status: readonly number[],
): Promise<Handshake> {
  const endpoint = trial.endpoint(options)
  const handshake = await trial.handshake({ endpoint, changes })
  oneOf(handshake.status, status, 'the status')
  await readToEnd(handshake.stream)
  holds(!endpoint.hasOpened, 'no connection', 'one')
  return handshake
}

async function expectGranted(trial: Trial, options: ServerOptions, changes: Changes): Promise<Handshake> {
  const handshake = await trial.handshake({ endpoint: trial.endpoint(options), changes })
  if (handshake.peer === undefined) throw new Mismatch('a granted handshake', `status ${handshake.status}`)
  await handshake.peer.expectEcho('works', text('works'))
  return handshake
}

/** A promise that a test settles. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}

export const OPENING_ADMISSION: readonly Item[] = [
  {
    number: 15,
    section: '6455 §4.3',
    level: 'M',
    statement: 'a malformed list of subprotocols is refused with 400: no tokens, empty elements, one twice',
    test: (trial) =>
      trial.each(
        ['a b', 'a,,b', ',a', 'a,', '', 'a@b', 'a;b', '"a"', 'a, b, a', ['a', 'a']],
        async (list) => {
          await expectRefusal(trial, {}, { 'Sec-WebSocket-Protocol': list }, [400])
        },
      ),
  },
  {
    number: 17,
    section: '6455 §10.4',
    level: 'L',
    statement:
      'too many fields or bytes of them are refused with 431, at our limits and at those of the runtime',
    test: async (trial) => {
      const many = (count: number): Changes =>
        Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, 'y']))
      await expectRefusal(trial, {}, many(101), [431])
      await expectRefusal(trial, { limits: { maxHeaderBytes: 2000 } }, { 'x-long': 'y'.repeat(2000) }, [431])
      await expectRefusal(trial, { limits: { maxHeaders: 10 } }, many(11), [431])
      if (trial.transport === 'h2') return
      // What Node cuts off without a word, and what it refuses by itself.
      const { target } = trial.plain.expect()
      const cut = await trial.exchange(requestBytes(target, { ...many(2100), Upgrade: 'websocket' }))
      oneOf(cut.status, [400, 431], 'the status for 2100 fields')
      const long = await trial.exchange(requestBytes(target, { 'X-Long': 'y'.repeat(20_000) }))
      same(long.status, 431, 'the status for 20 000 bytes')
    },
  },
  {
    number: 18,
    section: '6455 §10.4',
    level: 'L',
    statement: 'a handshake that is not complete at its deadline is ended, with 408 or without an answer',
    test: async (trial) => {
      if (trial.transport === 'h2') throw new Mismatch('an item for HTTP/1.1', 'h2')
      const listener = await trial.host.listen(trial.transport)
      trial.onEnd(() => void listener.stop())
      const endpoint = listener.endpoint({ limits: { handshakeTimeoutMs: 150 } })
      const { target } = endpoint.expect()
      const stream = await dial(trial.transport, listener.port)
      trial.onEnd(() => stream.destroy())
      stream.write(requestBytes(target).subarray(0, 60))
      const ended = new Promise((resolve) => stream.once('close', resolve).once('end', resolve))
      const answer = await readAnswer(stream).catch(() => undefined)
      if (answer !== undefined) same(answer.status, 408, 'the status')
      stream.resume()
      await within(ended, 'the end of the connection')
      holds(!endpoint.hasOpened, 'no connection', 'one')
    },
  },
  {
    number: 21,
    section: '9110 §5.1',
    level: 'M',
    statement: 'fields that nobody knows are ignored, names from JavaScript prototypes too',
    test: async (trial) => {
      const changes = {
        'x-unknown': 'a',
        constructor: 'b',
        __proto__x: 'c',
        tostring: 'd',
        'sec-websocket-foo': 'e',
      }
      await expectGranted(trial, {}, changes)
    },
  },
  {
    number: 23,
    section: '6455 §4.2.2',
    level: 'M',
    statement: 'an unknown path is refused with 404',
    test: async (trial) => {
      await trial.open()
      const changes = { ':path': '/nowhere' }
      if (trial.transport === 'h2') {
        same((await trial.handshake({ changes })).status, 404, 'the status')
        return
      }
      const answer = await trial.exchange(requestBytes('/nowhere'))
      same(answer.status, 404, 'the status')
      await readToEnd(answer.stream)
    },
  },
  {
    number: 24,
    section: '6455 §4.2.2, §10.2',
    level: 'M',
    statement: 'an origin that is not allowed is refused with 403 before the application hears of it',
    test: async (trial) => {
      const foreign = { Origin: 'https://evil.example' }
      await expectRefusal(trial, {}, foreign, [403])
      await expectRefusal(trial, { allowedOrigins: ['https://good.example'] }, foreign, [403])
      await expectRefusal(trial, { allowedOrigins: () => false }, foreign, [403])
      await expectGranted(
        trial,
        { allowedOrigins: ['https://good.example'] },
        { Origin: 'https://good.example' },
      )
      await expectGranted(trial, { allowedOrigins: (origin) => origin === 'https://evil.example' }, foreign)
    },
  },
  {
    number: 25,
    section: '6455 §10.2',
    level: 'L',
    statement: 'without an Origin the lists admit, since every browser sends one; a function decides',
    test: async (trial) => {
      await expectGranted(trial, {}, {})
      await expectGranted(trial, { allowedOrigins: ['https://good.example'] }, {})
      await expectRefusal(trial, { allowedOrigins: (origin) => origin !== undefined }, {}, [403])
    },
  },
  {
    number: 26,
    section: '6455 §10.2',
    level: 'L',
    statement: 'the origin null, two of them, and any but the exact serialization are refused with 403',
    test: async (trial) => {
      const allowedOrigins = ['https://good.example']
      const origins = [
        'null',
        'https://good.example/',
        'HTTPS://good.example',
        'https://good.example:443',
        'https://good.example.evil.example',
        'https://evilgood.example',
        'http://good.example',
        'https://good.example, https://good.example',
        ['https://good.example', 'https://good.example'],
      ]
      await trial.each(origins, async (origin) => {
        await expectRefusal(trial, { allowedOrigins }, { Origin: origin }, [403])
      })
    },
  },
  {
    number: 27,
    section: '6455 §4.2.2',
    level: 'S',
    statement:
      'the application refuses with a status and fields of its own: 401 with WWW-Authenticate, 403, 302',
    test: async (trial) => {
      const refusals = [
        { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } },
        { status: 403, headers: {} },
        { status: 302, headers: { Location: '/login' } },
      ]
      await trial.each(
        refusals,
        async ({ status, headers }) => {
          const authorize = async () => ({ status, headers })
          const answer = await expectRefusal(trial, { authorize }, {}, [status])
          for (const [name, value] of Object.entries(headers)) same(valuesOf(answer, name), [value], name)
        },
        ({ status }) => String(status),
      )
      await expectGranted(trial, { authorize: async () => undefined }, {})
      const failing = () => Promise.reject(new Error('a database is down'))
      await expectRefusal(trial, { authorize: failing }, {}, [500])
    },
  },
  {
    number: 28,
    section: '9110 §15.6.4',
    level: 'L',
    statement: 'a server that is shutting down refuses newcomers with 503 and Retry-After',
    test: async (trial) => {
      const endpoint = trial.endpoint()
      const peer = await trial.open({ endpoint })
      await peer.expectAlive()
      const drained = endpoint.server.drain({ windowMs: 50 })
      await peer.closeFrame()
      const answer = await trial.handshake({ endpoint, hasNeighbour: false })
      same(answer.status, 503, 'the status')
      holds(Number(valuesOf(answer, 'retry-after')[0]) > 0, 'a Retry-After', valuesOf(answer, 'retry-after'))
      await drop(peer.stream)
      await drained
    },
  },
  {
    number: 29,
    section: '9112 §9.6',
    level: 'L',
    statement:
      'a refusal is complete and closes the connection; a request that was pipelined behind it is discarded',
    test: async (trial) => {
      const { target } = trial.plain.expect()
      const pipelined = Buffer.from('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
      for (const changes of [
        { 'Sec-WebSocket-Version': '8' },
        { Origin: 'null' },
        { 'Sec-WebSocket-Key': 'short' },
      ]) {
        const answer = await trial.exchange(requestBytes(target, changes), pipelined)
        oneOf(answer.status, [400, 403, 426], 'the status')
        same(valuesOf(answer, 'connection').join().toLowerCase(), 'close', 'the Connection field')
        const body = await readToEnd(answer.stream)
        same(
          body.length,
          Number(valuesOf(answer, 'content-length')[0]),
          'the length of everything after the head',
        )
      }
    },
  },
  {
    number: 30,
    section: '6455 §4.2.2',
    level: 'L',
    statement:
      'a client that leaves while the application decides is forgotten, and the decision is called off',
    test: (trial) =>
      trial.each(['end', 'reset'], async (kind) => {
        const asked = deferred<AbortSignal>()
        const decision = deferred<undefined>()
        const authorize: ServerOptions['authorize'] = (_request, signal) => {
          asked.resolve(signal)
          return decision.promise
        }
        const endpoint = trial.endpoint({ authorize })
        const stream = await trial.begin({ endpoint })
        const signal = await within(asked.promise, 'a call of authorize')
        if (kind === 'end') stream.end()
        else reset(stream)
        await eventually(() => signal.aborted, 'an aborted signal')
        decision.resolve(undefined)
        await new Promise((resolve) => setImmediate(resolve))
        holds(!endpoint.hasOpened, 'no connection', 'one')
        same(endpoint.server.connections.size, 0, 'open connections')
      }),
  },
  {
    number: 31,
    section: '6455 §4.2.2',
    level: 'M',
    statement: 'frames that follow the request before its answer are kept, and processed after it',
    test: async (trial) => {
      const slowly = async () => {
        await new Promise((resolve) => setImmediate(resolve))
        return undefined
      }
      for (const options of [{}, { authorize: slowly }]) {
        const endpoint = trial.endpoint(options)
        const { peer, status } = await trial.handshake({ endpoint, early: [text('first'), text('second')] })
        if (peer === undefined) throw new Mismatch('a granted handshake', `status ${status}`)
        await peer.expectMessage('first')
        await peer.expectMessage('second')
        const bad = await trial.handshake({ endpoint, early: [text('good'), frame(3, 'bad')] })
        await bad.peer?.expectMessage('good')
        await bad.peer?.expectFailure(1002, { delivered: ['good'] })
      }
    },
  },
  {
    number: 32,
    section: '6455 §10.7',
    level: 'L',
    statement: "an error of the stream at any moment of a handshake is nobody else's: the server goes on",
    test: async (trial) => {
      const decision = deferred<undefined>()
      const waiting = trial.endpoint({ authorize: () => decision.promise })
      for (const endpoint of [trial.plain, waiting]) {
        const stream = await trial.begin({ endpoint })
        reset(stream)
      }
      const refused = await trial.begin({ changes: { Origin: 'null' } })
      reset(refused)
      if (trial.transport !== 'h2') {
        const { stream } = await trial.dial()
        stream.write(requestBytes('/').subarray(0, 30))
        reset(stream)
      }
      decision.resolve(undefined)
      await (await trial.open()).expectAlive()
    },
  },
]

/** Ends a stream as abruptly as its kind can. */
function reset(stream: Duplex): void {
  if (stream instanceof Socket && !('encrypted' in stream)) stream.resetAndDestroy()
  else void drop(stream)
}
