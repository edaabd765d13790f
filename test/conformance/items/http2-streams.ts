// RFC 8441 §5: an HTTP/2 stream in the place of the TCP connection.
import { once } from 'node:events'
import type { ClientHttp2Stream } from 'node:http2'
import { encodeFields, H2, H2Flag, SETTINGS_INITIAL_WINDOW_SIZE } from '../../support/raw-http2.ts'
import { holds, same } from '../check.ts'
import { binary, close, frame, text } from '../frames.ts'
import type { Item } from '../item.ts'
import { within } from '../patience.ts'
import type { Peer } from '../peer.ts'
import { randomBytesOf } from '../random.ts'
import { drop } from '../transports.ts'
import { dialRaw, fieldsFor, H2_ERROR, openRaw } from '../raw-session.ts'

/** Everything from masking to compression. */
const WHOLE_SUITE = Array.from({ length: 148 - 46 + 1 }, (_, index) => 46 + index)

/** The reset code with which a peer's stream ended. */
async function resetOf({ stream }: Peer): Promise<number> {
  if (!stream.destroyed) await within(once(stream, 'close'), 'the end of the stream')
  return 'rstCode' in stream ? Number(stream.rstCode) : -1
}

async function expectCode(peer: Peer, code: number): Promise<void> {
  const event = await peer.served.closed()
  same({ code: event.code, wasClean: event.wasClean }, { code, wasClean: false }, 'the close event')
}

export const HTTP2_STREAMS: readonly Item[] = [
  {
    number: 158,
    section: '8441 §5',
    level: 'M',
    statement: 'frames may be split over DATA and merged in it at any byte',
    test: async (trial) => {
      const { raw } = await openRaw(trial, trial.plain)
      const payload = randomBytesOf(trial.random, 200)
      const bytes = Buffer.concat([text('one'), binary(payload), text('three')])
      // Each write of the chopping is one DATA frame.
      const writes = trial.chop([text('one'), binary(payload), text('three')])
      for (const piece of writes) raw.send(H2.data, 0, 1, piece)
      const answer = Buffer.concat([
        Buffer.from([0x81, 3]),
        Buffer.from('one'),
        Buffer.from([0x82, 126, 0, 200]),
        payload,
        Buffer.from([0x81, 5]),
        Buffer.from('three'),
      ])
      await within(
        raw.until(() => raw.dataOf(1).length >= answer.length),
        `${answer.length} bytes for ${bytes.length}`,
      )
      same(raw.dataOf(1), answer, 'the answer')
      // An empty DATA frame is nothing at all.
      raw.send(H2.data, 0, 1)
      raw.send(H2.data, 0, 1, text('still'))
      await within(
        raw.until(() => raw.dataOf(1).includes('still')),
        'an echo after an empty DATA frame',
      )
    },
  },
  {
    number: 159,
    section: '8441 §5',
    level: 'M',
    statement: 'clients mask and servers do not, as over HTTP/1.1',
    test: async (trial) => {
      const peer = await trial.open()
      await peer.expectEcho('masked', text('masked'))
      peer.send(text('naked', { isMasked: false }))
      await peer.expectFailure(1002, { delivered: ['masked'] })
    },
  },
  {
    number: 160,
    section: '8441 §5.1',
    level: 'M',
    statement: 'the end of the stream without a Close is 1006, after one it is clean',
    test: async (trial) => {
      const rude = await trial.open()
      await rude.expectEcho('a', text('a'))
      await rude.end()
      await expectCode(rude, 1006)
      const polite = await trial.open()
      polite.send(close(1000))
      await polite.end()
      await polite.expectCleanEnd([1000], 1000)
    },
  },
  {
    number: 161,
    section: '8441 §5.1',
    level: 'M',
    statement: 'after the closing handshake the server ends the stream with END_STREAM',
    test: async (trial) => {
      const { raw, served } = await openRaw(trial, trial.plain)
      for (const piece of trial.chop([close(1000)])) raw.send(H2.data, 0, 1, piece)
      await within(
        raw.until(() => raw.hasEnded(1)),
        'END_STREAM',
      )
      same(raw.dataOf(1).subarray(0, 1), Buffer.from([0x88]), 'the first byte of the answer')
      raw.send(H2.data, H2Flag.endStream, 1)
      same((await served.closed()).wasClean, true, 'a clean end')
      const reset = raw.resetOf(1)
      holds(reset === undefined || reset === 0, 'no reset with an error', reset)
    },
  },
  {
    number: 162,
    section: '8441 §5.1',
    level: 'M',
    statement:
      'a reset with CANCEL is 1006 for the application, and terminate() is a reset with CANCEL for the client',
    test: async (trial) => {
      const leaving = await trial.open()
      await leaving.expectAlive()
      const stream = leaving.stream as ClientHttp2Stream
      stream.close(H2_ERROR.cancel)
      await expectCode(leaving, 1006)
      const dropped = await trial.open()
      await dropped.expectAlive()
      dropped.served.connection.terminate()
      same(await resetOf(dropped), H2_ERROR.cancel, 'the reset code')
      await expectCode(dropped, 1006)
    },
  },
  {
    number: 163,
    section: '8441 §5',
    level: 'M',
    statement: 'a WebSocket that fails leaves the other streams of its session alone',
    test: async (trial) => {
      const sibling = await trial.open()
      await sibling.expectAlive()
      const failing = await trial.open()
      failing.send(frame(3, 'x'))
      await failing.expectFailure(1002)
      const dropped = await trial.open()
      await drop(dropped.stream)
      await dropped.served.closed()
      await sibling.expectAlive()
      await (await trial.open()).expectAlive()
    },
  },
  {
    number: 164,
    section: '9113 §6.8',
    level: 'L',
    statement: 'after a GOAWAY open WebSockets go on; a drain closes them with 1012 and then the session',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { closeTimeoutMs: 500 } })
      const { raw, served } = await openRaw(trial, endpoint)
      // Last stream 0, no error: we open no more, and neither may the server.
      raw.send(H2.goAway, 0, 0, Buffer.alloc(8))
      raw.send(H2.data, 0, 1, text('after GOAWAY'))
      await within(
        raw.until(() => raw.dataOf(1).includes('after GOAWAY')),
        'an echo after GOAWAY',
      )
      const other = await openRaw(trial, endpoint)
      const drained = endpoint.server.drain({ windowMs: 20 })
      await within(
        other.raw.until(() => other.raw.dataOf(1).length >= 4),
        'a Close frame',
      )
      same(other.raw.dataOf(1).subarray(2, 4), Buffer.from([0x03, 0xf4]), 'the code of the Close frame')
      other.raw.send(H2.data, H2Flag.endStream, 1, close(1012))
      raw.send(H2.data, H2Flag.endStream, 1, close(1012))
      await within(drained, 'the end of the drain')
      await within(Promise.all([raw.ended, other.raw.ended]), 'the end of both sessions')
      same([served.closes.length, other.served.closes.length], [1, 1], 'close events')
    },
  },
  {
    number: 165,
    section: '9113 §6.9',
    level: 'L',
    statement: 'a stream whose window stays shut is reset at the deadline and is 1006; its siblings go on',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { noProgressTimeoutMs: 100, sweepIntervalMs: 20 } })
      const { raw, served } = await openRaw(trial, endpoint, {
        settings: [[SETTINGS_INITIAL_WINDOW_SIZE, 0]],
      })
      const sibling = endpoint.expect()
      raw.request(3, fieldsFor(sibling.target))
      await within(
        raw.until(() => raw.statusOf(3) !== undefined),
        'an answer on stream 3',
      )
      raw.grant(3, 100_000)
      await sibling.served.opened()
      served.connection.send('into a window that is shut')
      await within(
        raw.until(() => raw.resetOf(1) !== undefined),
        'a reset of stream 1',
      )
      same((await served.closed()).code, 1006, 'the close event')
      for (const piece of trial.chop([text('sibling')])) raw.send(H2.data, 0, 3, piece)
      await within(
        raw.until(() => raw.dataOf(3).includes('sibling')),
        'an echo on stream 3',
      )
    },
  },
  {
    number: 166,
    section: '9113 §5.1.2',
    level: 'M',
    statement: 'WebSockets beyond the limit of streams are reset with REFUSED_STREAM; the others go on',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { maxStreamsPerSession: 2 } })
      const raw = await dialRaw(trial)
      for (const id of [1, 3, 5]) raw.request(id, fieldsFor(endpoint.expect().target))
      await within(
        raw.until(() => raw.resetOf(5) !== undefined),
        'a reset of the third',
      )
      same(raw.resetOf(5), H2_ERROR.refusedStream, 'the reset code')
      await within(
        raw.until(() => raw.statusOf(1) === 200 && raw.statusOf(3) === 200),
        'answers to the first two',
      )
      raw.send(H2.data, 0, 3, text('works'))
      await within(
        raw.until(() => raw.dataOf(3).includes('works')),
        'an echo',
      )
      // The limit that the runtime keeps is announced.
      holds(
        (raw.settings?.get(3) ?? Infinity) <= 1000,
        'a limit of concurrent streams in SETTINGS',
        raw.settings?.get(3),
      )
    },
  },
  {
    number: 167,
    section: '9113 §8.1',
    level: 'M',
    statement: 'trailers are the end of the stream and nothing more; there is one head, and it is not 1xx',
    test: async (trial) => {
      const { raw, served } = await openRaw(trial, trial.plain)
      raw.send(H2.data, 0, 1, text('before'))
      await within(
        raw.until(() => raw.dataOf(1).includes('before')),
        'an echo',
      )
      same(raw.of(H2.headers, 1).length, 1, 'heads')
      raw.send(H2.headers, H2Flag.endHeaders | H2Flag.endStream, 1, encodeFields([['x-trailer', 'ignored']]))
      same((await served.closed()).code, 1006, 'the close event')
      same(served.messages, ['before'], 'the messages')
    },
  },
  {
    number: 168,
    section: '8441 §5',
    level: 'M',
    statement: 'the items 46-148 hold over HTTP/2, each in every cell that has a meaning',
    after: WHOLE_SUITE,
    test: async (trial) => {
      const numbers = WHOLE_SUITE
      const cells = trial.outcomes.filter(({ transport }) => transport === 'h2')
      const missing = numbers.filter((number) => !cells.some(({ item }) => item.number === number))
      same(missing, [], 'items without a cell over HTTP/2')
      const failed = cells.filter(
        ({ item, failure }) => numbers.includes(item.number) && failure !== undefined,
      )
      same([...new Set(failed.map(({ item }) => item.number))], [], 'items that fail over HTTP/2')
    },
  },
]
