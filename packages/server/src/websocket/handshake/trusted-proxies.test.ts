import { describe, expect, it } from 'vitest'
import { TrustedProxies } from './trusted-proxies.ts'

const trusts = (entries: readonly string[], address: string | undefined): boolean =>
  new TrustedProxies(entries).trusts(address)

describe('TrustedProxies', () => {
  it('trusts nobody unless told', () => {
    for (const address of ['127.0.0.1', '::1', '10.0.0.1', undefined]) expect(trusts([], address)).toBe(false)
  })

  it.each([
    ['10.0.0.7', '10.0.0.7'],
    ['10.0.0.7', '::ffff:10.0.0.7'],
    ['10.0.0.7', '::ffff:a00:7'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['10.0.0.0/8', '10.255.255.255'],
    ['::ffff:10.0.0.0/104', '10.1.2.3'],
    ['0.0.0.0/0', '192.0.2.1'],
    ['2001:db8::/32', '2001:DB8:ffff::1'],
    ['fe80::/10', 'fe80::1%eth0'],
    ['loopback', '127.8.9.10'],
    ['loopback', '::1'],
    ['loopback', '::ffff:127.0.0.1'],
    ['unix', undefined],
  ])('%s trusts %s', (entry, address) => {
    expect(trusts(['192.0.2.99', entry], address)).toBe(true)
  })

  it.each([
    ['10.0.0.7', '10.0.0.70'],
    ['10.0.0.0/8', '11.0.0.0'],
    ['2001:db8::/32', '2001:db9::1'],
    ['loopback', '128.0.0.1'],
    ['loopback', undefined],
    ['unix', '127.0.0.1'],
    ['0.0.0.0/0', 'unknown'],
    ['0.0.0.0/0', ''],
  ])('%s does not trust %s', (entry, address) => {
    expect(trusts([entry], address)).toBe(false)
  })

  it.each([
    '',
    'localhost',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/8.0',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0',
    '2001:db8::/129',
    '::ffff:10.0.0.0/8',
    'fe80::1%eth0',
    ' 10.0.0.1',
    'Loopback',
  ])('throws for %j and says what would be right', (entry) => {
    expect(() => new TrustedProxies([entry])).toThrow(TypeError)
    expect(() => new TrustedProxies([entry])).toThrow(`'loopback' or 'unix', not ${JSON.stringify(entry)}.`)
  })

  it('throws for what is no list', () => {
    for (const entries of ['loopback', true, { a: 1 }, [7]]) {
      expect(() => new TrustedProxies(entries as unknown as string[])).toThrow(TypeError)
    }
  })
})
