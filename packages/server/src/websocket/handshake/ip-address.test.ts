import { describe, expect, it } from 'vitest'
import { addressGroup, normalizeAddress } from './ip-address.ts'

describe('normalizeAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
  ])('makes %s %s', (text, address) => {
    expect(normalizeAddress(text)).toBe(address)
  })

  it.each([
    '',
    'unknown',
    '_hidden',
    '192.0.2',
    '192.0.2.256',
    '0300.0.2.1',
    ' 192.0.2.1',
    '192.0.2.1:80',
    '[::1]',
  ])('takes %j for none', (text) => {
    expect(normalizeAddress(text)).toBeUndefined()
  })
})

describe('addressGroup', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['1:2:3:4:5::192.0.2.1', '1:2:3:4::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', ''],
  ])('counts %j as %j', (text, group) => {
    expect(addressGroup(text)).toBe(group)
  })
})
