// RFC 6455 §4.2.2: the answer to a handshake.
import { createHash } from 'node:crypto'
import { holds, Mismatch, same } from '../check.ts'
import { text } from '../frames.ts'
import type { ServerOptions } from '../host.ts'
import type { Item } from '../item.ts'
import { readToEnd, requestBytes, valuesOf, type Answer, type Changes } from '../transports.ts'
import type { Handshake, Trial } from '../trial.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** What §4.2.2(5.4) says, computed here and not by our own code. */
const acceptFor = (key: string): string =>
  createHash('sha1')
    .update(key + GUID)
    .digest('base64')

async function granted(trial: Trial, changes: Changes = {}, options: ServerOptions = {}): Promise<Handshake> {
  const handshake = await trial.handshake({ endpoint: trial.endpoint(options), changes })
  if (handshake.peer === undefined) throw new Mismatch('a granted handshake', `status ${handshake.status}`)
  return handshake
}

const protocolsOf = (answer: Pick<Answer, 'fields'>): readonly string[] =>
  valuesOf(answer, 'sec-websocket-protocol')

export const OPENING_ANSWER: readonly Item[] = [
  {
    number: 33,
    section: '6455 §4.2.2(5)',
    level: 'M',
    statement: 'the answer is 101 with Upgrade: websocket and Connection: Upgrade',
    test: async (trial) => {
      const answer = await granted(trial)
      same(answer.status, 101, 'the status')
      same(valuesOf(answer, 'upgrade').join().toLowerCase(), 'websocket', 'the Upgrade field')
      same(valuesOf(answer, 'connection').join().toLowerCase(), 'upgrade', 'the Connection field')
    },
  },
  {
    number: 34,
    section: '6455 §4.2.2(5.4)',
    level: 'M',
    statement:
      'Sec-WebSocket-Accept is computed from the key; the example of the RFC gives s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    test: async (trial) => {
      const example = await granted(trial, { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' })
      same(valuesOf(example, 'sec-websocket-accept'), ['s3pPLMBiTxaQ9kYGzzhZRbK+xOo='], 'the Accept field')
      const key = Buffer.from(Array.from({ length: 16 }, () => Math.floor(trial.random() * 256))).toString(
        'base64',
      )
      const other = await granted(trial, { 'Sec-WebSocket-Key': key })
      same(valuesOf(other, 'sec-websocket-accept'), [acceptFor(key)], 'the Accept field')
    },
  },
  {
    number: 35,
    section: '6455 §4.2.2(5.4)',
    level: 'M',
    statement: 'white space around the key does not count',
    test: async (trial) => {
      const answer = await granted(trial, { 'Sec-WebSocket-Key': ' \t dGhlIHNhbXBsZSBub25jZQ== \t' })
      same(valuesOf(answer, 'sec-websocket-accept'), ['s3pPLMBiTxaQ9kYGzzhZRbK+xOo='], 'the Accept field')
    },
  },
  {
    number: 36,
    section: '6455 §11.3.3',
    level: 'M',
    statement: 'there is exactly one Sec-WebSocket-Accept',
    test: async (trial) => {
      same(valuesOf(await granted(trial), 'sec-websocket-accept').length, 1, 'Accept fields')
    },
  },
  {
    number: 37,
    section: '6455 §4.2.2(5.5)',
    level: 'M',
    statement: 'a subprotocol is answered only if one was selected: one value, as it was offered',
    test: async (trial) => {
      same(protocolsOf(await granted(trial)), [], 'the subprotocols')
      const protocols = (offered: readonly string[]): string | undefined =>
        offered.find((name) => name === 'b.V2')
      const offered = await granted(trial, { 'Sec-WebSocket-Protocol': 'a, b.V2,c' }, { protocols })
      same(protocolsOf(offered), ['b.V2'], 'the subprotocols')
      same(offered.served.connection.subprotocol, 'b.V2', 'the subprotocol of the connection')
      const none = await granted(trial, {}, { protocols: () => undefined })
      same(protocolsOf(none), [], 'the subprotocols')
    },
  },
  {
    number: 38,
    section: '6455 §4.2.2(5.5)',
    level: 'M',
    statement:
      'if no offered subprotocol is acceptable, the connection opens without one and without the field',
    test: async (trial) => {
      const answer = await granted(
        trial,
        { 'Sec-WebSocket-Protocol': 'a, b' },
        { protocols: () => undefined },
      )
      same(protocolsOf(answer), [], 'the subprotocols')
      same(answer.served.connection.subprotocol, '', 'the subprotocol of the connection')
    },
  },
  {
    number: 39,
    section: '6455 §11.3.4',
    level: 'M',
    statement: 'several fields of subprotocols are one list, in their order',
    test: async (trial) => {
      let seen: readonly string[] = []
      const protocols = (offered: readonly string[]): string | undefined => {
        seen = offered
        return offered[2]
      }
      const answer = await granted(trial, { 'Sec-WebSocket-Protocol': ['a, b', 'c', 'd'] }, { protocols })
      same(seen, ['a', 'b', 'c', 'd'], 'what was offered')
      same(protocolsOf(answer), ['c'], 'the subprotocols')
    },
  },
  {
    number: 40,
    section: '6455 §4.2.2(5.5)',
    level: 'M',
    statement:
      'subprotocols are compared case-sensitively: a and A are two, and neither stands for the other',
    test: async (trial) => {
      const protocols = (offered: readonly string[]): string | undefined =>
        offered.find((name) => name === 'A')
      const both = await granted(trial, { 'Sec-WebSocket-Protocol': 'a, A' }, { protocols })
      same(protocolsOf(both), ['A'], 'the subprotocols')
      const lower = await trial.handshake({
        endpoint: trial.endpoint({ protocols: () => 'A' }),
        changes: { 'Sec-WebSocket-Protocol': 'a' },
      })
      same(lower.status, 500, 'the status if A is selected where a was offered')
    },
  },
  {
    number: 41,
    section: '6455 §4.2.2(5.5)',
    level: 'M',
    statement: 'a subprotocol that was not offered is never sent: the handshake is refused with 500',
    test: (trial) =>
      trial.each(['other', '', 'a\r\nX: y', 'a, b'], async (selected) => {
        const answer = await trial.handshake({
          endpoint: trial.endpoint({ protocols: () => selected }),
          changes: { 'Sec-WebSocket-Protocol': 'a, b' },
        })
        same(answer.status, 500, 'the status')
        same([...protocolsOf(answer), ...valuesOf(answer, 'x')], [], 'the fields that were not offered')
      }),
  },
  {
    number: 42,
    section: '6455 §4.2.2(5.6)',
    level: 'M',
    statement: 'extensions are answered in at most one field, with none but accepted ones',
    test: async (trial) => {
      const offers = {
        'Sec-WebSocket-Extensions': ['foo, permessage-deflate', 'bar; x=1, permessage-deflate'],
      }
      same(
        valuesOf(await granted(trial, offers), 'sec-websocket-extensions'),
        [],
        'extensions where none is configured',
      )
      const answer = valuesOf(await granted(trial, offers, { deflate: true }), 'sec-websocket-extensions')
      same(answer.length, 1, 'fields')
      holds(answer[0]!.startsWith('permessage-deflate') && !answer[0]!.includes(','), 'one extension', answer)
    },
  },
  {
    number: 43,
    section: '6455 §4.2.2(5)',
    level: 'M',
    statement: 'the answer has no Content-Length, no Transfer-Encoding and no body',
    test: async (trial) => {
      const answer = await granted(trial)
      same(valuesOf(answer, 'content-length'), [], 'Content-Length')
      same(valuesOf(answer, 'transfer-encoding'), [], 'Transfer-Encoding')
      // Whatever came as a body would be read as frames by the strict decoder.
      await answer.peer?.expectEcho('first', text('first'))
    },
  },
  {
    number: 44,
    section: '9110 §5.5',
    level: 'L',
    statement:
      'fields of the application with line breaks or malformed names are not sent: the answer is 500',
    test: async (trial) => {
      const bad: readonly Record<string, string>[] = [
        { 'X-Bad': 'a\r\nX-Split: yes' },
        { 'X-Bad': 'a\nX-Split: yes' },
        { 'X-Bad\r\nX-Split': 'yes' },
        { 'X Bad': 'yes' },
      ]
      for (const headers of bad) {
        const endpoint = trial.endpoint({ authorize: async () => ({ status: 403, headers }) })
        const answer = await trial.handshake({ endpoint })
        same(answer.status, 500, 'the status')
        same(valuesOf(answer, 'x-split'), [], 'the field that was smuggled')
        await readToEnd(answer.stream)
      }
    },
  },
  {
    number: 45,
    section: '6455 §4.2.2',
    level: 'M',
    statement: 'nothing precedes the answer on the wire, whatever the application sends as soon as it can',
    test: async (trial) => {
      const application = ({ connection }: { connection: { send(data: string): boolean } }) => {
        connection.send('at once')
        return {}
      }
      if (trial.transport === 'h2') {
        const { peer } = await trial.handshake({ application, early: [text('early')] })
        await peer?.expectMessage('at once')
        return
      }
      // The first bytes are those of the status line.
      const { target } = trial.plain.expect(application)
      const { stream, writer } = await trial.dial()
      const first = new Promise<Buffer>((resolve) => stream.once('data', resolve))
      writer.send(requestBytes(target))
      await writer.flush()
      same((await first).toString('latin1', 0, 12), 'HTTP/1.1 101', 'the first bytes')
    },
  },
]
