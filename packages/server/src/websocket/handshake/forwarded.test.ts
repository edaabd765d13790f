import { describe, expect, it } from 'vitest'
import { originationOf } from './forwarded.ts'
import { TrustedProxies } from './trusted-proxies.ts'

const proxies = new TrustedProxies(['loopback', '10.0.0.0/8', 'unix'])

/** What is made of headers that come from a proxy. */
function from(remoteAddress: string | undefined, headers: Record<string, string | string[]>) {
  return originationOf({ remoteAddress, host: 'inner:8080', isSecure: false }, headers, proxies)
}
const addressOf = (forwardedFor: string | string[], socketAddress: string | undefined = '127.0.0.1') =>
  from(socketAddress, { 'x-forwarded-for': forwardedFor }).remoteAddress

const ALL = {
  'x-forwarded-for': '192.0.2.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'example.com',
}

describe('originationOf (X-Forwarded-*)', () => {
  it('believes a trusted proxy', () => {
    const origination = { remoteAddress: '192.0.2.1', host: 'example.com', isSecure: true }
    expect(from('127.0.0.1', ALL)).toEqual(origination)
    expect(from('::ffff:10.1.2.3', ALL)).toEqual(origination)
    expect(from(undefined, ALL)).toEqual(origination)
  })

  it('believes nobody else', () => {
    for (const address of ['192.0.2.66', '::2', '']) {
      expect(from(address, ALL)).toEqual({ remoteAddress: address, host: 'inner:8080', isSecure: false })
    }
    const direct = { remoteAddress: undefined, host: 'a', isSecure: true }
    expect(originationOf(direct, ALL, new TrustedProxies(['loopback']))).toBe(direct)
  })

  it('needs nothing of it', () => {
    expect(from('127.0.0.1', {})).toEqual({ remoteAddress: '127.0.0.1', host: 'inner:8080', isSecure: false })
  })

  it.each([
    ['what the client wrote itself', '8.8.8.8, 192.0.2.1', '192.0.2.1'],
    ['the address of a proxy that the client wrote', '10.0.0.1, 192.0.2.1', '192.0.2.1'],
    ['proxies in a row', '8.8.8.8, 192.0.2.1, 10.0.0.1, 10.0.0.2', '192.0.2.1'],
    ['a client inside the trusted network', '10.0.0.9', '10.0.0.9'],
    ['a port', '192.0.2.1:4711', '192.0.2.1'],
    ['IPv6', '2001:DB8::1', '2001:db8::1'],
    ['IPv6 in brackets', '[2001:db8::1]', '2001:db8::1'],
    ['IPv6 with a port', '[2001:db8::1]:4711', '2001:db8::1'],
    ['a mapped address', '::ffff:192.0.2.1', '192.0.2.1'],
    ['white space', ' \t192.0.2.1\t', '192.0.2.1'],
  ])('takes the last address that no proxy has: %s', (_, forwardedFor, address) => {
    expect(addressOf(forwardedFor)).toBe(address)
  })

  it('reads fields that come several times as one list', () => {
    expect(addressOf(['8.8.8.8', '192.0.2.1, 10.0.0.1'])).toBe('192.0.2.1')
  })

  it.each([
    '',
    ',',
    'unknown',
    '_hidden',
    '8.8.8.8,',
    '192.0.2.1:port',
    '192.0.2.1:1:1',
    '192.0.2.1:+1',
    '192.0.2.256',
    '[2001:db8::1',
    '[2001:db8::1]x',
    '"192.0.2.1"',
    '8.8.8.8, for=192.0.2.1',
    '8.8.8.8, <script>',
    '__proto__',
    ','.repeat(16_000),
  ])('stays with the proxy where the chain makes no sense: %j', (forwardedFor) => {
    expect(addressOf(forwardedFor)).toBe('127.0.0.1')
  })

  it('stays with the last proxy that could be told', () => {
    expect(addressOf('8.8.8.8, garbage, 10.0.0.1')).toBe('10.0.0.1')
    expect(from(undefined, { 'x-forwarded-for': 'garbage' }).remoteAddress).toBeUndefined()
  })

  it('takes scheme and host from the outermost trusted proxy, not from the client', () => {
    // The client wrote the first element of each; the one proxy has added another.
    expect(
      from('127.0.0.1', {
        'x-forwarded-for': '8.8.8.8, 192.0.2.1',
        'x-forwarded-proto': 'https, http',
        'x-forwarded-host': 'good.com, evil.com',
      }),
    ).toEqual({ remoteAddress: '192.0.2.1', host: 'evil.com', isSecure: false })
    // TLS ends at the outer of two proxies.
    expect(
      from('127.0.0.1', {
        'x-forwarded-for': '192.0.2.1, 10.0.0.1',
        'x-forwarded-proto': 'https, http',
        'x-forwarded-host': 'example.com, inner.local',
      }),
    ).toEqual({ remoteAddress: '192.0.2.1', host: 'example.com', isSecure: true })
    // Only the outer one has written it.
    expect(
      from('127.0.0.1', { 'x-forwarded-for': '192.0.2.1, 10.0.0.1', 'x-forwarded-proto': 'https' }).isSecure,
    ).toBe(true)
  })

  it.each([
    ['HTTPS', true],
    ['wss', true],
    ['http', false],
    ['ws', false],
    ['', undefined],
    ['httpsx', undefined],
    ['constructor', undefined],
  ])('reads the scheme %j', (scheme, isSecure) => {
    for (const before of [true, false]) {
      const socket = { remoteAddress: '::1', host: 'a', isSecure: before }
      expect(originationOf(socket, { 'x-forwarded-proto': scheme }, proxies).isSecure).toBe(
        isSecure ?? before,
      )
    }
  })

  it.each(['', 'a b', 'a/b', 'evil.com@good.com', 'a\x00b', 'a,'])('ignores the host %j', (host) => {
    expect(from('127.0.0.1', { 'x-forwarded-host': host }).host).toBe('inner:8080')
  })
})
