import { describe, expect, it } from 'vitest'
import { assertSubprotocols, selectorOf, type SubprotocolPolicy } from './subprotocol-policy.ts'

describe('selectorOf', () => {
  it('selects the first of those that the client offers which is in the list', () => {
    const select = selectorOf(['b', 'c'])
    expect(select(['a', 'c', 'b'])).toBe('c')
    expect(select(['a'])).toBeUndefined()
    expect(select([])).toBeUndefined()
  })

  it('leaves it to a function, and selects none without a policy', () => {
    expect(selectorOf((offered) => offered.at(-1))(['a', 'b'])).toBe('b')
    expect(selectorOf(undefined)(['a'])).toBeUndefined()
  })
})

describe('assertSubprotocols', () => {
  it.each([[undefined], [['chat']], [[]], [() => undefined]])('accepts %o', (policy) => {
    expect(() => assertSubprotocols(policy)).not.toThrow()
  })

  it.each([
    ['chat', '"chat"'],
    [['a b'], '"a b"'],
    [[''], '""'],
    [[1], '1'],
    [{}, '{}'],
    [null, 'null'],
  ])('refuses %o', (policy, shown) => {
    const refuse = (): void => assertSubprotocols(policy as unknown as SubprotocolPolicy)
    expect(refuse).toThrow(TypeError)
    expect(refuse).toThrow(`or a function that selects one of those that a client offers, not ${shown}.`)
  })
})
