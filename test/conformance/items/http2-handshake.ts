// RFC 8441 §3-§5: settings, and the extended CONNECT that takes the place of the upgrade.
import { H2, SETTINGS_ENABLE_CONNECT_PROTOCOL, type Fields } from '../../support/raw-http2.ts'
import { holds, oneOf, same } from '../check.ts'
import type { Item } from '../item.ts'
import { answerOf, dialRaw, fieldsFor, H2_ERROR } from '../raw-session.ts'
import { valuesOf } from '../transports.ts'

const without = (fields: Fields, name: string): Fields => fields.filter(([other]) => other !== name)
const changed = (fields: Fields, name: string, value: string): Fields =>
  fields.map(([other, old]) => [other, other === name ? value : old] as const)

export const HTTP2_HANDSHAKE: readonly Item[] = [
  {
    number: 149,
    section: '8441 §3',
    level: 'M',
    statement:
      'the first SETTINGS enable extended CONNECT if and only if the server does, and it is never taken back',
    test: async (trial) => {
      const silent = await trial.host.listen('h2')
      trial.onEnd(() => void silent.stop())
      const before = await dialRaw(trial, {}, silent.port)
      holds(before.settings?.get(SETTINGS_ENABLE_CONNECT_PROTOCOL) !== 1, 'no such setting', [
        ...before.settings!,
      ])
      const { server } = trial.endpoint()
      const raw = await dialRaw(trial)
      same(raw.settings?.get(SETTINGS_ENABLE_CONNECT_PROTOCOL), 1, 'the setting')
      await server.close()
      // Whatever is sent because of that comes before the answer to a ping.
      raw.send(H2.ping, 0, 0, Buffer.alloc(8))
      await raw.until(() => raw.socket.destroyed || raw.of(H2.ping, 0).length > 0).catch(() => {})
      const takenBack = raw.of(H2.settings, 0).filter(({ payload }) => {
        for (let at = 0; at < payload.length; at += 6) {
          if (
            payload.readUInt16BE(at) === SETTINGS_ENABLE_CONNECT_PROTOCOL &&
            payload.readUInt32BE(at + 2) === 0
          )
            return true
        }
        return false
      })
      same(takenBack.length, 0, 'SETTINGS that take it back')
    },
  },
  {
    number: 150,
    section: '8441 §3',
    level: 'M',
    statement: 'where it is not enabled, :protocol is a stream error PROTOCOL_ERROR',
    test: async (trial) => {
      const silent = await trial.host.listen('h2')
      trial.onEnd(() => void silent.stop())
      const raw = await dialRaw(trial, {}, silent.port)
      same(await answerOf(raw, fieldsFor('/')), { reset: H2_ERROR.protocolError }, 'the answer')
    },
  },
  {
    number: 151,
    section: '8441 §4',
    level: 'M',
    statement: 'an extended CONNECT is answered with 200 and without the fields of HTTP/1.1',
    test: async (trial) => {
      const answer = await trial.handshake()
      same(answer.status, 200, 'the status')
      for (const name of [
        'sec-websocket-accept',
        'upgrade',
        'connection',
        'transfer-encoding',
        'content-length',
      ]) {
        same(valuesOf(answer, name), [], name)
      }
      await answer.peer?.expectAlive()
    },
  },
  {
    number: 152,
    section: '8441 §4',
    level: 'M',
    statement: 'without :scheme or :path, or with an unusable one, it is refused with 400 or a stream error',
    test: (trial) =>
      trial.each(
        [
          (fields: Fields) => without(fields, ':scheme'),
          (fields: Fields) => without(fields, ':path'),
          (fields: Fields) => changed(fields, ':scheme', 'ftp'),
          (fields: Fields) => changed(fields, ':path', ''),
          (fields: Fields) => changed(fields, ':authority', ''),
        ],
        async (change) => {
          const { target } = trial.plain.expect()
          const { status, reset } = await answerOf(await dialRaw(trial), change(fieldsFor(target)))
          holds(
            status === 400 || status === 404 || reset === H2_ERROR.protocolError,
            '400 or PROTOCOL_ERROR',
            {
              status,
              reset,
            },
          )
        },
      ),
  },
  {
    number: 153,
    section: '8441 §4',
    level: 'S',
    statement:
      'another :protocol is refused with 501, a CONNECT without one, which asks for a tunnel, with 405',
    test: async (trial) => {
      const { target } = trial.plain.expect()
      const other = await answerOf(
        await dialRaw(trial),
        changed(fieldsFor(target), ':protocol', 'connect-udp'),
      )
      same(other.status, 501, 'the status for another protocol')
      const tunnel: Fields = [
        [':method', 'CONNECT'],
        [':authority', 'example.com:443'],
      ]
      oneOf((await answerOf(await dialRaw(trial), tunnel)).status, [405, 501], 'the status for a tunnel')
    },
  },
  {
    number: 154,
    section: '8441 §5',
    level: 'M',
    statement: 'a version other than 13, or none, is refused with 426 or 400 and told the version 13',
    test: (trial) =>
      trial.each(['8', '14', '13x', undefined], async (version) => {
        const answer = await trial.handshake({ changes: { 'sec-websocket-version': version } })
        oneOf(answer.status, [400, 426], 'the status')
        same(valuesOf(answer, 'sec-websocket-version'), ['13'], 'the version')
      }),
  },
  {
    number: 155,
    section: '8441 §5',
    level: 'M',
    statement:
      'origins, subprotocols and extensions follow the rules of HTTP/1.1 (15, 23-28, 37-42, 121-135 run here)',
    test: async (trial) => {
      const endpoint = trial.endpoint({ protocols: ([first]) => first, deflate: true })
      const changes = {
        origin: `https://localhost:${trial.listener.port}`,
        'sec-websocket-protocol': 'b, a',
        'sec-websocket-extensions': 'foo, permessage-deflate; server_max_window_bits=10',
      }
      const granted = await trial.handshake({ endpoint, changes })
      same(granted.status, 200, 'the status for the origin of the authority')
      same(valuesOf(granted, 'sec-websocket-protocol'), ['b'], 'the subprotocol')
      holds(
        valuesOf(granted, 'sec-websocket-extensions').join().includes('server_max_window_bits=10'),
        'the extension',
        granted.fields,
      )
      const foreign = await trial.handshake({ endpoint, changes: { origin: 'https://evil.example' } })
      same(foreign.status, 403, 'the status for a foreign origin')
    },
  },
  {
    number: 156,
    section: '8441 §5',
    level: 'M',
    statement: 'a Sec-WebSocket-Key is ignored, a malformed one too, and no Accept is sent',
    test: (trial) =>
      trial.each(['dGhlIHNhbXBsZSBub25jZQ==', 'short'], async (key) => {
        const answer = await trial.handshake({ changes: { 'sec-websocket-key': key } })
        same(answer.status, 200, 'the status')
        same(valuesOf(answer, 'sec-websocket-accept'), [], 'the Accept field')
      }),
  },
  {
    number: 157,
    section: '8441 §5',
    level: 'L',
    statement: 'a CONNECT that ends its stream at once is refused with 400 or reset',
    test: async (trial) => {
      const endpoint = trial.endpoint()
      const { target } = endpoint.expect()
      const { status, reset } = await answerOf(await dialRaw(trial), fieldsFor(target), true)
      holds(status === 400 || reset !== undefined, '400 or a reset', { status, reset })
      holds(!endpoint.hasOpened, 'no connection', 'one')
    },
  },
]
