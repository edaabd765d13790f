import { describe, expect, it } from 'vitest'
import { resolveConnectOptions, type WebSocketConnectOptions } from './connect-options.ts'

const resolve = (options: unknown) => resolveConnectOptions('ws://a', options as WebSocketConnectOptions)

describe('resolveConnectOptions', () => {
  it.each([
    ['chat', "for subprotocols pass { protocols: ['chat'] }."],
    [['chat', 'v2'], "for subprotocols pass { protocols: ['chat', 'v2'] }."],
    [null, 'connectWebSocket takes an object of options, not null.'],
    [{ protocol: 'chat' }, 'connectWebSocket has no option "protocol"; there are protocols, headers, '],
    [{ protocols: 'chat' }, '`protocols` is a list of names such as [\'chat\'], not "chat".'],
    [{ protocols: ['a b'] }, 'The subprotocol "a b" is no token.'],
    [{ protocols: [1] }, 'The subprotocol 1 is no token.'],
    [{ limits: { maxMesageBytes: 1 } }, '`limits` has no option "maxMesageBytes"'],
  ])('refuses %o and says what to pass', (options, message) => {
    expect(() => resolve(options)).toThrow(TypeError)
    expect(() => resolve(options)).toThrow(message)
  })

  it('takes undefined for what is left out', () => {
    const options: WebSocketConnectOptions = {
      protocols: undefined,
      deflate: undefined,
      limits: undefined,
      clock: undefined,
      logger: undefined,
      headers: undefined,
      handshakeTimeoutMs: undefined,
    }
    expect(resolve(options)).toEqual(resolve({}))
  })

  it('has no limit to what a server may send, unless it is given one', () => {
    expect(resolve({}).limits).toMatchObject({ messageRate: { perSecond: Infinity, burst: Infinity } })
    const messageRate = { perSecond: 1, burst: 1 }
    expect(resolve({ limits: { messageRate } }).limits).toMatchObject({ messageRate })
  })
})
