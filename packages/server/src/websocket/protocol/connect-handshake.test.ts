import { describe, expect, it } from 'vitest'
import { readConnectHandshake } from './connect-handshake.ts'
import type { Handshake, HandshakeRejection } from './handshake.ts'

type Headers = readonly (readonly [string, string])[]

const VALID: Headers = [
  [':method', 'CONNECT'],
  [':protocol', 'websocket'],
  [':scheme', 'https'],
  [':path', '/realtime?x=1'],
  [':authority', 'example.com'],
  ['sec-websocket-version', '13'],
]
const LIMITS = { maxHeaderBytes: 16 * 1024, maxHeaders: 100 }

const withHeaders = (...more: Headers): Headers => [...VALID, ...more]
const without = (name: string): Headers => VALID.filter(([other]) => other !== name)
const replaced = (name: string, value: string): Headers => [...without(name), [name, value]]

function read(headers: Headers = VALID, isEnded = false): Handshake | HandshakeRejection {
  return readConnectHandshake({ rawHeaders: headers.flat(), isEnded }, LIMITS)
}

/** The status of the refusal, or undefined if there is none. */
function refusal(...args: Parameters<typeof read>): number | undefined {
  const result = read(...args)
  return 'status' in result ? result.status : undefined
}

describe('the pseudo-header fields (RFC 8441 §4)', () => {
  it('ask for a WebSocket', () => {
    expect(read()).toEqual({ host: 'example.com', origin: undefined, subprotocols: [], extensions: [] })
    expect(refusal(replaced(':scheme', 'http'))).toBeUndefined()
  })

  it.each([
    ['a plain CONNECT, which asks for a tunnel', without(':protocol'), 405],
    ['another method', replaced(':method', 'GET'), 405],
    ['another protocol', replaced(':protocol', 'connect-udp'), 501],
    ['a protocol in other letters, since it is not HTTP/1.1', replaced(':protocol', 'WebSocket'), 501],
    ['no scheme', without(':scheme'), 400],
    ['the scheme of a WebSocket URL', replaced(':scheme', 'wss'), 400],
    ['no path', without(':path'), 400],
    ['an empty path', replaced(':path', ''), 400],
    ['an absolute path', replaced(':path', 'https://example.com/'), 400],
    ['a fragment', replaced(':path', '/#a'), 400],
    ['a control character in the path', replaced(':path', '/\n'), 400],
    ['a line separator in the path', replaced(':path', '/?\x85x'), 400],
    ['no authority', without(':authority'), 400],
    ['an authority that is a list', replaced(':authority', 'a.com,b.com'), 400],
    ['an authority with a user', replaced(':authority', 'ada@example.com'), 400],
  ])('are refused with %s', (_, headers, status) => {
    expect(refusal(headers)).toBe(status)
  })

  it('let a Host stand in for the authority, or say the same', () => {
    const host = ['host', 'EXAMPLE.com'] as const
    expect(read([...without(':authority'), host])).toMatchObject({ host: 'EXAMPLE.com' })
    expect(read(withHeaders(host))).toMatchObject({ host: 'example.com' })
    expect(refusal(withHeaders(['host', 'evil.com']))).toBe(400)
    expect(refusal(withHeaders(host, host))).toBe(400)
    expect(refusal([...without(':authority'), host, host])).toBe(400)
  })
})

describe('the header fields (RFC 8441 §5)', () => {
  it('need no key, and one that comes is ignored, whatever it is', () => {
    expect(refusal(withHeaders(['sec-websocket-key', 'short']))).toBeUndefined()
    expect(read(withHeaders(['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ==']))).not.toHaveProperty('key')
  })

  it('have version 13, or 426 with the version that is spoken', () => {
    const rejection = { status: 426, headers: { 'Sec-WebSocket-Version': '13' } }
    expect(read(replaced('sec-websocket-version', '8'))).toMatchObject(rejection)
    expect(read(without('sec-websocket-version'))).toMatchObject(rejection)
    expect(refusal(withHeaders(['sec-websocket-version', '13']))).toBe(400)
  })

  it.each(['connection', 'upgrade', 'transfer-encoding', 'keep-alive', 'proxy-connection', 'content-length'])(
    'have no %s',
    (name) => {
      expect(refusal(withHeaders([name, '0']))).toBe(400)
    },
  )

  it('offer origin, subprotocols and extensions under the rules of HTTP/1.1', () => {
    const headers = withHeaders(
      ['origin', 'https://example.com'],
      ['sec-websocket-protocol', 'a, b'],
      ['sec-websocket-extensions', 'permessage-deflate'],
    )
    expect(read(headers)).toMatchObject({
      origin: 'https://example.com',
      subprotocols: ['a', 'b'],
      extensions: [{ name: 'permessage-deflate' }],
    })
    expect(refusal(withHeaders(['sec-websocket-protocol', 'a,,b']))).toBe(400)
    expect(refusal(withHeaders(['sec-websocket-extensions', 'a;;']))).toBe(400)
    expect(refusal(withHeaders(['origin', 'https://a.com'], ['origin', 'https://a.com']))).toBe(403)
  })

  it('are not too many, not too long and not malformed', () => {
    expect(refusal(withHeaders(...Array.from({ length: 95 }, () => ['x', 'y'] as const)))).toBe(431)
    expect(refusal(withHeaders(['x', 'y'.repeat(16 * 1024)]))).toBe(431)
    expect(refusal(withHeaders(['x', 'a\nb']))).toBe(400)
    expect(refusal(withHeaders(['x y', 'a']))).toBe(400)
  })
})

it('refuses a stream that was ended with the request', () => {
  expect(refusal(VALID, true)).toBe(400)
})
