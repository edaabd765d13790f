// RFC 6455 §4.2.1: the request of a handshake over HTTP/1.1.
import { holds, Mismatch, oneOf, same } from '../check.ts'
import { text } from '../frames.ts'
import type { Item } from '../item.ts'
import { readToEnd, requestBytes, valuesOf, type Answer, type Changes } from '../transports.ts'
import type { Trial } from '../trial.ts'

interface Refused {
  readonly changes?: Changes
  /** The request line; the target stands for itself. */
  readonly line?: (target: string) => string
  readonly status: readonly number[]
}

/** Sends a request that must be refused: completely, with the connection closed, and without a WebSocket. */
async function expectRefusal(trial: Trial, { changes, line, status }: Refused): Promise<Answer> {
  const endpoint = trial.endpoint()
  const { target } = endpoint.expect()
  const request = requestBytes(target, changes, line?.(target))
  // Coalesced, there is something behind the request, which must be discarded.
  const answer = await trial.exchange(request, ...(trial.chopping === 'coalesced' ? [text('behind')] : []))
  oneOf(answer.status, status, 'the status')
  same(valuesOf(answer, 'connection').join().toLowerCase(), 'close', 'the Connection field')
  const body = await readToEnd(answer.stream)
  const [length] = valuesOf(answer, 'content-length')
  if (length !== undefined) same(body.length, Number(length), 'the length of the body')
  holds(!endpoint.hasOpened, 'no connection', 'one')
  return answer
}

async function expectGranted(trial: Trial, changes: Changes): Promise<void> {
  const { peer, status } = await trial.handshake({ changes })
  if (peer === undefined) throw new Mismatch('status 101', String(status))
  await peer.expectEcho('works', text('works'))
}

export const OPENING_REQUEST: readonly Item[] = [
  {
    number: 1,
    section: '6455 §4.2.1(1)',
    level: 'M',
    statement: 'a method other than GET is refused with 405 and an Allow field',
    test: (trial) =>
      trial.each(['POST', 'PUT', 'HEAD', 'DELETE', 'OPTIONS'], async (method) => {
        const answer = await expectRefusal(trial, {
          line: (target) => `${method} ${target} HTTP/1.1`,
          status: [405],
        })
        same(valuesOf(answer, 'allow'), ['GET'], 'the Allow field')
      }),
  },
  {
    number: 2,
    section: '6455 §4.2.1(1)',
    level: 'M',
    statement: 'HTTP/1.0 is refused with 400',
    test: async (trial) => {
      await expectRefusal(trial, { line: (target) => `GET ${target} HTTP/1.0`, status: [400] })
    },
  },
  {
    number: 3,
    section: '6455 §4.2.1(1)',
    level: 'M',
    statement: 'a request target with a fragment is refused with 400',
    test: (trial) =>
      trial.each(['#here', '#', '&a=b#here'], async (suffix) => {
        await expectRefusal(trial, { line: (target) => `GET ${target}${suffix} HTTP/1.1`, status: [400] })
      }),
  },
  {
    number: 4,
    section: '6455 §4.2.1(2)',
    level: 'M',
    statement: 'a request without Host is refused with 400',
    test: async (trial) => {
      await expectRefusal(trial, { changes: { Host: undefined }, status: [400] })
    },
  },
  {
    number: 5,
    section: '6455 §4.2.1(2)',
    level: 'M',
    statement: 'more than one Host, equal or not, or a malformed one is refused with 400',
    test: (trial) =>
      trial.each(
        [
          ['127.0.0.1', '127.0.0.1'],
          ['127.0.0.1', 'evil.example'],
          ['a, b'],
          ['user@127.0.0.1'],
          ['a/b'],
          [''],
        ],
        async (hosts) => {
          await expectRefusal(trial, { changes: { Host: hosts }, status: [400] })
        },
      ),
  },
  {
    number: 6,
    section: '6455 §4.2.1(3)',
    level: 'M',
    statement:
      'no Upgrade, or one without the token websocket, is refused with 426 and told it; the token is case-insensitive',
    test: async (trial) => {
      await trial.each([undefined, 'h2c', 'websockets', 'web socket', 'xwebsocket, foo'], async (upgrade) => {
        const changes = { Upgrade: upgrade, ...(upgrade === undefined ? { Connection: 'close' } : {}) }
        const answer = await expectRefusal(trial, { changes, status: [426] })
        same(valuesOf(answer, 'upgrade').join().toLowerCase(), 'websocket', 'the Upgrade field')
      })
      await trial.each(['websocket', 'WebSocket', 'WEBSOCKET'], (upgrade) =>
        expectGranted(trial, { Upgrade: upgrade }),
      )
    },
  },
  {
    number: 7,
    section: '6455 §4.2.1(3)',
    level: 'M',
    statement: 'websocket among other tokens of Upgrade is accepted',
    test: (trial) =>
      trial.each(['foo, websocket', 'websocket, foo', 'foo/1,websocket ,bar'], (upgrade) =>
        expectGranted(trial, { Upgrade: upgrade }),
      ),
  },
  {
    number: 8,
    section: '6455 §4.2.1(4)',
    level: 'M',
    statement:
      'without the token upgrade in Connection a request is refused with 400 or 426; among other tokens, in any case, ' +
      'it is accepted',
    test: async (trial) => {
      await trial.each([undefined, 'keep-alive', 'close', 'upgraded'], async (connection) => {
        const { target } = trial.plain.expect()
        const { status, stream } = await trial.exchange(requestBytes(target, { Connection: connection }))
        stream.destroy()
        oneOf(status, [400, 426], 'the status')
      })
      await trial.each(
        ['keep-alive, Upgrade', 'upgrade,keep-alive', 'UPGRADE', 'Upgrade , x'],
        (connection) => expectGranted(trial, { Connection: connection }),
      )
    },
  },
  {
    number: 9,
    section: '6455 §4.2.1(5)',
    level: 'M',
    statement: 'a request without Sec-WebSocket-Key is refused with 400',
    test: async (trial) => {
      await expectRefusal(trial, { changes: { 'Sec-WebSocket-Key': undefined }, status: [400] })
    },
  },
  {
    number: 10,
    section: '6455 §4.2.1(5)',
    level: 'M',
    statement: 'a key that is not 16 bytes in base64 is refused with 400',
    test: (trial) =>
      trial.each(
        [
          Buffer.alloc(15, 1).toString('base64'),
          Buffer.alloc(17, 1).toString('base64'),
          Buffer.alloc(16, 0xff).toString('base64url') + '==',
          Buffer.alloc(16, 1).toString('base64').slice(0, 22),
          Buffer.alloc(16, 1).toString('base64') + 'x',
          Buffer.alloc(16, 1).toString('base64') + ', ' + Buffer.alloc(16, 1).toString('base64'),
          'dGhlIHNhbXBsZSBub25jZ!==',
          'dGhlIHNhbX BsZSBub25jZQ==',
          '',
        ],
        async (key) => {
          await expectRefusal(trial, { changes: { 'Sec-WebSocket-Key': key }, status: [400] })
        },
      ),
  },
  {
    number: 11,
    section: '6455 §11.3.1',
    level: 'M',
    statement: 'Sec-WebSocket-Key twice, equal or not, is refused with 400',
    test: (trial) =>
      trial.each([1, 2], async (fill) => {
        const keys = [Buffer.alloc(16, 1).toString('base64'), Buffer.alloc(16, fill).toString('base64')]
        await expectRefusal(trial, { changes: { 'Sec-WebSocket-Key': keys }, status: [400] })
      }),
  },
  {
    number: 12,
    section: '6455 §4.2.1(6)',
    level: 'M',
    statement: 'a request without a version is refused with 426 or 400 and told the version 13',
    test: async (trial) => {
      const answer = await expectRefusal(trial, {
        changes: { 'Sec-WebSocket-Version': undefined },
        status: [400, 426],
      })
      same(valuesOf(answer, 'sec-websocket-version'), ['13'], 'the version')
    },
  },
  {
    number: 13,
    section: '6455 §4.4',
    level: 'M',
    statement:
      'a version other than 13 is refused with 426 and told the version 13; spaces around a value do not count',
    test: async (trial) => {
      await trial.each(
        ['0', '7', '8', '14', '255', '13x', '013', '13.0', '+13', '13, 8', ''],
        async (version) => {
          const changes = { 'Sec-WebSocket-Version': version }
          const answer = await expectRefusal(trial, { changes, status: [426] })
          same(valuesOf(answer, 'sec-websocket-version'), ['13'], 'the version')
        },
      )
      await expectGranted(trial, { 'Sec-WebSocket-Version': ' \t13 ' })
    },
  },
  {
    number: 14,
    section: '6455 §11.3.5',
    level: 'M',
    statement: 'Sec-WebSocket-Version twice is refused with 400',
    test: (trial) =>
      trial.each(
        [
          ['13', '13'],
          ['13', '8'],
          ['8', '13'],
        ],
        async (versions) => {
          await expectRefusal(trial, { changes: { 'Sec-WebSocket-Version': versions }, status: [400] })
        },
      ),
  },
  {
    number: 16,
    section: '9110 §6.4',
    level: 'L',
    statement: 'a request that announces a body is refused with 400, and the body is not taken for frames',
    test: async (trial) => {
      const frame = text('smuggled')
      const cases: readonly Changes[] = [
        { 'Content-Length': String(frame.length) },
        { 'Content-Length': '5' },
        { 'Transfer-Encoding': 'chunked' },
      ]
      for (const changes of cases) {
        const endpoint = trial.endpoint()
        const { target } = endpoint.expect()
        const answer = await trial.exchange(requestBytes(target, changes), frame)
        same(answer.status, 400, 'the status')
        await readToEnd(answer.stream)
        holds(!endpoint.hasOpened, 'no connection', 'one')
      }
    },
  },
  {
    number: 19,
    section: '9110 §5.5',
    level: 'M',
    statement:
      'control characters, NUL, bare CR or LF, folded lines and C1 controls in a value are refused with 400',
    test: (trial) =>
      trial.each(
        [
          '\u0000',
          '\u0001',
          '\u000b',
          '\u000c',
          '\u001c',
          '\u001d',
          '\u001e',
          '\u007f',
          '\u0085',
          '\rX: y',
          '\n folded',
        ],
        async (character) => {
          const { target } = trial.plain.expect()
          const request = requestBytes(target, { 'X-Test': `a${character}b` })
          const answer = await trial.exchange(request)
          same(answer.status, 400, 'the status')
        },
        (character) => JSON.stringify(character),
      ),
  },
  {
    number: 20,
    section: '9110 §5.1',
    level: 'M',
    statement: 'the order of fields and the case of their names do not matter',
    test: async (trial) => {
      const { target } = trial.plain.expect()
      const names = ['Sec-WebSocket-Version', 'Sec-WebSocket-Key', 'Connection', 'Upgrade', 'Host']
      const usual = requestBytes(target).toString().split('\r\n')
      for (const change of [(name: string) => name.toUpperCase(), (name: string) => name.toLowerCase()]) {
        const lines = names.map((name) => {
          const line = usual.find((one) => one.startsWith(`${name}:`))!
          return change(name) + line.slice(name.length)
        })
        const answer = await trial.exchange(Buffer.from([usual[0], ...lines, '', ''].join('\r\n')))
        same(answer.status, 101, 'the status')
        answer.stream.destroy()
      }
    },
  },
  {
    number: 22,
    section: '9112 §3.2.2',
    level: 'S',
    statement: 'a target in absolute form is accepted if its authority is the Host, else refused with 400',
    test: async (trial) => {
      await trial.each(['http', 'https', 'ws', 'wss'], async (scheme) => {
        const { target } = trial.plain.expect()
        const line = `GET ${scheme}://127.0.0.1${target} HTTP/1.1`
        const answer = await trial.exchange(requestBytes(target, {}, line))
        same(answer.status, 101, 'the status')
        answer.stream.destroy()
      })
      await trial.each(['http://evil.example', 'http://127.0.0.1:81'], async (authority) => {
        await expectRefusal(trial, { line: (target) => `GET ${authority}${target} HTTP/1.1`, status: [400] })
      })
    },
  },
]
