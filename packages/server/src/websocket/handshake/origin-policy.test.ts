import { describe, expect, it } from 'vitest'
import { assertOriginPolicy, isOriginAllowed, type OriginPolicy } from './origin-policy.ts'

function isAllowed(
  origin: string | undefined,
  policy: OriginPolicy = 'same-origin',
  { host = 'good.com', isSecure = false } = {},
): boolean {
  return isOriginAllowed({ origin, host, isSecure }, policy)
}

describe("the policy 'same-origin' (RFC 6455 §10.2)", () => {
  it('lets clients in that send no origin, since they are no browsers', () => {
    expect(isAllowed(undefined)).toBe(true)
  })

  it.each([
    ['https://good.com', 'good.com'],
    ['http://good.com', 'GOOD.com'],
    ['https://good.com', 'good.com:443'],
    ['http://good.com', 'good.com:80'],
    ['http://good.com:8080', 'good.com:8080'],
    ['http://[::1]:8080', '[::1]:8080'],
  ])('lets %s in at %s', (origin, host) => {
    expect(isAllowed(origin, 'same-origin', { host })).toBe(true)
  })

  it.each([
    'null',
    '',
    'good.com',
    'https://evil.com',
    'https://good.com.evil.com',
    'https://evilgood.com',
    'https://good.com.',
    'https://good.com/',
    'https://good.com:8443',
    'https://user@good.com',
    'https://GOOD.com',
    'https://good.com, https://evil.com',
    'file://good.com',
    'wss://good.com',
  ])('keeps %j out', (origin) => {
    expect(isAllowed(origin)).toBe(false)
  })

  it('keeps a page without TLS out where TLS ends here', () => {
    expect(isAllowed('http://good.com', 'same-origin', { isSecure: true })).toBe(false)
    expect(isAllowed('https://good.com', 'same-origin', { isSecure: true })).toBe(true)
  })

  it('holds a port against the default of another scheme', () => {
    expect(isAllowed('http://good.com', 'same-origin', { host: 'good.com:443' })).toBe(false)
  })
})

describe('other policies', () => {
  it('lets in the origins of a list, letter by letter', () => {
    const policy = ['https://good.com', 'http://localhost:3000']
    expect(isAllowed('http://localhost:3000', policy)).toBe(true)
    expect(isAllowed(undefined, policy)).toBe(true)
    for (const origin of ['null', 'https://good.com:443', 'https://Good.com', 'http://localhost:3001']) {
      expect(isAllowed(origin, policy)).toBe(false)
    }
  })

  it('takes same-origin in a list for the own pages, and for no origin of that name', () => {
    const policy = ['same-origin', 'https://partner.example']
    expect(isAllowed('https://good.com', policy)).toBe(true)
    expect(isAllowed('https://partner.example', policy)).toBe(true)
    expect(isAllowed('https://evil.example', policy)).toBe(false)
    expect(isAllowed('same-origin', policy)).toBe(false)
  })

  it('searches no text for a part of it', () => {
    const policy = 'https://good.com,https://other.com' as unknown as OriginPolicy
    for (const origin of ['https://good.com', 'https://other.com', 'https', '']) {
      expect(isAllowed(origin, policy)).toBe(false)
    }
  })

  it('asks a function about every request, also one without an origin', () => {
    const policy: OriginPolicy = (origin, host) => origin === `https://app.${host}`
    expect(isAllowed('https://app.good.com', policy)).toBe(true)
    expect(isAllowed(undefined, policy)).toBe(false)
  })
})

describe('a policy that is a function', () => {
  it('admits with true only, so that a promise, which is never false, does not', () => {
    const eventually = (async () => false) as unknown as () => boolean
    expect(isAllowed('https://evil.example', eventually)).toBe(false)
    expect(isAllowed('https://evil.example', () => true)).toBe(true)
  })
})

describe('assertOriginPolicy', () => {
  it.each([
    [undefined],
    ['same-origin' as const],
    [() => true],
    [[]],
    [['same-origin', 'https://example.com', 'http://localhost:3000', 'http://[::1]:8080']],
    [['chrome-extension://abcdefgh', 'app://x', 'capacitor://localhost', 'app://x:1']],
  ])('accepts %o', (policy: OriginPolicy | undefined) => {
    expect(() => assertOriginPolicy(policy)).not.toThrow()
  })

  it.each([
    ['https://example.com', '"https://example.com"'],
    ['*', '"*"'],
    [['*'], '"*"'],
    [['https://example.com/'], '"https://example.com/"'],
    [['https://example.com/path'], '"https://example.com/path"'],
    [['https://example.com:443'], '"https://example.com:443"'],
    [['https://Example.com'], '"https://Example.com"'],
    [['https://*.example.com'], '"https://*.example.com"'],
    [['example.com'], '"example.com"'],
    [['null'], '"null"'],
    [['chrome-extension://abcdefgh/'], '"chrome-extension://abcdefgh/"'],
    [['app://x/page'], '"app://x/page"'],
    [['app:x'], '"app:x"'],
    [['file:///'], '"file:///"'],
    [[undefined], 'undefined'],
    [true, 'true'],
    [null, 'null'],
    [/example/, '{}'],
  ])('refuses %o and says what is right', (policy, shown) => {
    expect(() => assertOriginPolicy(policy as unknown as OriginPolicy)).toThrow(
      new TypeError(
        "`allowedOrigins` is 'same-origin', a function, or a list of origins such as 'https://example.com' " +
          `(no path, no trailing slash), not ${shown}; to allow every page pass () => true.`,
      ),
    )
  })
})
