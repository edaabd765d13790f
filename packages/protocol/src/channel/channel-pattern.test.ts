import { describe, expect, it } from 'vitest'
import { ChannelPattern, type MatchedParams } from './channel-pattern.ts'

const match = (pattern: string, name: string): MatchedParams | undefined =>
  new ChannelPattern(pattern).match(name.split(':'))

describe('ChannelPattern', () => {
  it('knows its parameters in order', () => {
    const pattern = new ChannelPattern('org:{orgId}:chat:{roomId}')
    expect(pattern.source).toBe('org:{orgId}:chat:{roomId}')
    expect(pattern.params).toEqual(['orgId', 'roomId'])
  })

  it.each([
    '',
    ':',
    'a:',
    ':a',
    'a::b',
    'a b',
    'a/b',
    'a%20b',
    'é',
    '*',
    '{}',
    '{a',
    'a}',
    'x{a}',
    '{a}x',
    '{a}{b}',
  ])('refuses the pattern "%s"', (source) => {
    expect(() => new ChannelPattern(source)).toThrow(TypeError)
  })

  it.each(['{1a}', '{a-b}', '{__proto__}', '{a.b}', '{ a }'])('refuses the parameter in "%s"', (source) => {
    expect(() => new ChannelPattern(source)).toThrow(`The channel pattern "${source}" is not valid`)
  })

  it('refuses a parameter that stands twice', () => {
    expect(() => new ChannelPattern('{id}:x:{id}')).toThrow(
      new TypeError('The channel pattern "{id}:x:{id}" uses {id} twice.'),
    )
  })

  it('matches names with as many segments, equal literals and encoded values', () => {
    expect(match('chat:{roomId}', 'chat:42')).toEqual({ roomId: '42' })
    expect(match('chat:{roomId}', 'chat:a%3Ab')).toEqual({ roomId: 'a:b' })
    expect(match('lobby', 'lobby')).toEqual({})
    expect(match('~a.b_c-D', '~a.b_c-D')).toEqual({})
  })

  it.each([
    ['another literal', 'news:42'],
    ['another case', 'Chat:42'],
    ['too few segments', 'chat'],
    ['too many segments', 'chat:42:7'],
    ['an empty value', 'chat:'],
    ['a value written in another way', 'chat:%34%32'],
    ['a value with a wildcard', 'chat:*'],
    ['no name at all', ''],
  ])('does not match %s', (_what, name) => {
    expect(match('chat:{roomId}', name)).toBeUndefined()
  })

  it('keeps parameters apart from Object.prototype', () => {
    const params = match('{constructor}:{toString}', 'a:b')!
    expect(Object.entries(params)).toEqual([
      ['constructor', 'a'],
      ['toString', 'b'],
    ])
    expect('hasOwnProperty' in params).toBe(false)
  })

  it.each([
    ['chat:{a}', 'chat:{b}', true],
    ['chat:{a}', 'chat:main', true],
    ['{a}:x', 'y:{b}', true],
    ['{a}:x', '{a}:y', false],
    ['chat:{a}', 'news:{a}', false],
    ['chat:{a}', 'chat:{a}:{b}', false],
    ['__proto__', 'constructor', false],
  ])('says whether "%s" and "%s" share a name', (a, b, shared) => {
    expect(new ChannelPattern(a).overlaps(new ChannelPattern(b))).toBe(shared)
  })
})
