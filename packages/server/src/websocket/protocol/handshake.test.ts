import { describe, expect, it } from 'vitest'
import { readHandshake, type Handshake, type HandshakeRejection } from './handshake.ts'

type Headers = readonly (readonly [string, string])[]

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const VALID: Headers = [
  ['Host', 'example.com'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', KEY],
  ['Sec-WebSocket-Version', '13'],
]
const LIMITS = { maxHeaderBytes: 16 * 1024, maxHeaders: 100 }

const withHeaders = (...more: Headers): Headers => [...VALID, ...more]
const without = (name: string): Headers => VALID.filter(([other]) => other !== name)
const replaced = (name: string, value: string): Headers => [...without(name), [name, value]]

function read(
  headers: Headers = VALID,
  line: { method?: string; httpVersion?: string; target?: string } = {},
): Handshake | HandshakeRejection {
  const request = { method: 'GET', httpVersion: '1.1', target: '/realtime?x=1', ...line }
  return readHandshake({ ...request, rawHeaders: headers.flat() }, LIMITS)
}

/** The status of the refusal, or undefined if there is none. */
function refusal(...args: Parameters<typeof read>): number | undefined {
  const result = read(...args)
  return 'status' in result ? result.status : undefined
}

describe('the request line (RFC 6455 §4.2.1)', () => {
  it('is GET, or 405 with Allow', () => {
    expect(read(VALID, { method: 'POST' })).toMatchObject({ status: 405, headers: { Allow: 'GET' } })
  })

  it('is HTTP/1.1, or 400', () => {
    expect(refusal(VALID, { httpVersion: '1.0' })).toBe(400)
  })

  it.each(['/a#b', '/a\nb', '/\x85', '/a b', '*', 'example.com:80', '', 'ftp://example.com/'])(
    'refuses the target %s',
    (target) => {
      expect(refusal(VALID, { target })).toBe(400)
    },
  )

  it('takes an absolute target if its authority is the Host', () => {
    expect(refusal(VALID, { target: 'http://EXAMPLE.com/a?b=/c' })).toBeUndefined()
    expect(refusal(VALID, { target: 'http://example.com' })).toBeUndefined()
    expect(refusal(VALID, { target: 'http://example.com?a' })).toBeUndefined()
    expect(refusal(VALID, { target: 'http://evil.com/example.com' })).toBe(400)
    expect(refusal(VALID, { target: 'http://user@example.com/' })).toBe(400)
  })
})

describe('the headers (RFC 6455 §4.2.1)', () => {
  it('are read whatever their order and case', () => {
    const headers = [...VALID].reverse().map(([name, value]) => [name.toUpperCase(), value] as const)
    expect(read(headers)).toEqual({
      key: KEY,
      host: 'example.com',
      origin: undefined,
      subprotocols: [],
      extensions: [],
    })
  })

  it.each([
    ['no Host', without('Host'), 400],
    ['two Hosts', withHeaders(['host', 'example.com']), 400],
    ['an empty Host', replaced('Host', ''), 400],
    ['a Host with a path', replaced('Host', 'a/b'), 400],
    ['no Upgrade', without('Upgrade'), 426],
    ['another Upgrade', replaced('Upgrade', 'h2c'), 426],
    ['two Upgrades', withHeaders(['Upgrade', 'websocket']), 400],
    ['no Connection', without('Connection'), 400],
    ['a Connection without upgrade', replaced('Connection', 'keep-alive, upgraded'), 400],
    ['no key', without('Sec-WebSocket-Key'), 400],
    ['two keys', withHeaders(['Sec-WebSocket-Key', KEY]), 400],
    ['a key of 15 bytes', replaced('Sec-WebSocket-Key', 'MTIzNDU2Nzg5MDEyMzQ1'), 400],
    ['a key of 17 bytes', replaced('Sec-WebSocket-Key', 'MTIzNDU2Nzg5MDEyMzQ1Njc='), 400],
    ['a key in the alphabet for URLs', replaced('Sec-WebSocket-Key', '-_hlIHNhbXBsZSBub25jZQ=='), 400],
    ['a key without padding', replaced('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ'), 400],
    ['a key with something behind', replaced('Sec-WebSocket-Key', `${KEY}x`), 400],
    ['no version', without('Sec-WebSocket-Version'), 426],
    ['two versions', withHeaders(['Sec-WebSocket-Version', '13']), 400],
    ['two Origins', withHeaders(['Origin', 'http://a.com'], ['Origin', 'http://a.com']), 403],
    ['a body', withHeaders(['Content-Length', '5']), 400],
    ['two lengths', withHeaders(['Content-Length', '0'], ['Content-Length', '5']), 400],
    ['a chunked body', withHeaders(['Transfer-Encoding', 'chunked']), 400],
    ['an empty subprotocol', withHeaders(['Sec-WebSocket-Protocol', 'a,,b']), 400],
    ['a subprotocol with a space', withHeaders(['Sec-WebSocket-Protocol', 'a b']), 400],
    [
      'a subprotocol twice',
      withHeaders(['Sec-WebSocket-Protocol', 'a, b'], ['Sec-WebSocket-Protocol', 'a']),
      400,
    ],
    ['malformed extensions', withHeaders(['Sec-WebSocket-Extensions', 'a; =b']), 400],
    ['a name that is no token', withHeaders(['a b', 'c']), 400],
  ])('with %s are refused', (_, headers, status) => {
    expect(refusal(headers)).toBe(status)
  })

  it.each(['0', '8', '14', '255', '13x', '013', '13, 8'])(
    'with version %s are told the right one',
    (version) => {
      expect(read(replaced('Sec-WebSocket-Version', version))).toMatchObject({
        status: 426,
        headers: { 'Sec-WebSocket-Version': '13' },
      })
    },
  )

  it.each([
    ['Upgrade', 'foo, WebSocket'],
    ['Connection', 'keep-alive, Upgrade'],
    ['X-Unknown', 'anything'],
    ['Content-Length', '0'],
    ['Cookie', Buffer.from('name=Äpfel').toString('latin1')],
  ])('may have %s: %s', (name, value) => {
    expect(refusal(replaced(name, value))).toBeUndefined()
  })

  it.each(['\0', '\x0b', '\x0c', '\x1c', '\x1e', '\x7f', '\x85', '\r', '\n', '€'])(
    'refuse the character %j',
    (character) => {
      expect(refusal(withHeaders(['X-Any', `a${character}b`]))).toBe(400)
    },
  )

  it('keep names that are special in JavaScript as plain names', () => {
    const names = ['__proto__', 'constructor', 'hasOwnProperty', 'toString']
    const headers = withHeaders(...names.map((name) => [name, 'x'] as const), [
      'Sec-WebSocket-Protocol',
      names.join(', '),
    ])
    expect(read(headers)).toMatchObject({ subprotocols: names })
  })

  it('are refused with 431 beyond the limits', () => {
    const filler = Array.from({ length: 96 }, (_, index) => [`x-${index}`, 'x'] as const)
    expect(refusal([...filler.slice(0, 95), ...VALID])).toBeUndefined()
    expect(refusal([...filler, ...VALID])).toBe(431)
    expect(refusal(withHeaders(['X-Long', 'x'.repeat(16 * 1024)]))).toBe(431)
  })

  it('tell the origin, the subprotocols over several fields and the extensions', () => {
    const headers = withHeaders(
      ['Origin', 'https://example.com'],
      ['Sec-WebSocket-Protocol', 'b, a'],
      ['sec-websocket-protocol', '\tB '],
      ['Sec-WebSocket-Extensions', 'permessage-deflate; client_max_window_bits'],
    )
    expect(read(headers)).toMatchObject({
      origin: 'https://example.com',
      subprotocols: ['b', 'a', 'B'],
      extensions: [
        { name: 'permessage-deflate', parameters: [{ name: 'client_max_window_bits', value: undefined }] },
      ],
    })
  })
})
