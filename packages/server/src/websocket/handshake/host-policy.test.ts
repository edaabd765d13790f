import { describe, expect, it } from 'vitest'
import { assertHosts, isHostAllowed } from './host-policy.ts'

const ALLOWED = ['good.com', 'Local.Test:8080', '[::1]']

describe('isHostAllowed', () => {
  it.each(['good.com', 'GOOD.com', 'good.com:443', 'local.test:8080', '[::1]', '[::1]:8080'])(
    'allows %s',
    (host) => {
      expect(isHostAllowed(host, ALLOWED)).toBe(true)
    },
  )

  it.each([
    'evil.com',
    'good.com.evil.com',
    'evilgood.com',
    'good.com.',
    'good',
    'good.com:443:443',
    'local.test',
    'local.test:80',
    '[::2]',
    '::1',
    '',
    '127.0.0.1',
    'constructor',
  ])('keeps %j out', (host) => {
    expect(isHostAllowed(host, ALLOWED)).toBe(false)
  })

  it('allows every host unless there is a list', () => {
    expect(isHostAllowed('any', undefined)).toBe(true)
    expect(isHostAllowed('any', [])).toBe(false)
  })
})

describe('assertHosts', () => {
  it('is content with hosts', () => {
    for (const hosts of [undefined, [], ALLOWED]) expect(() => assertHosts(hosts)).not.toThrow()
  })

  it.each([[['https://good.com']], [['']], [['good.com/']], ['good.com'], [[7]]])(
    'throws for %j',
    (hosts) => {
      expect(() => assertHosts(hosts as string[])).toThrow(
        /^`allowedHosts` is a list of hosts such as 'example\.com' or 'example\.com:8443', not /,
      )
    },
  )
})
