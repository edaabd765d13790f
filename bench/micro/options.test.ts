// The command line of the micro-benchmarks.
import { describe, expect, it } from 'vitest'
import { UsageError } from '../workloads/options.ts'
import { parseOptions } from './options.ts'

const parse = (...args: string[]) => parseOptions(args, ['mask', 'parser', 'utf8'])

describe('parseOptions', () => {
  it('measures everything by itself by default', () => {
    expect(parse()).toEqual({
      subjects: ['mask', 'parser', 'utf8'],
      isCompared: false,
      revision: undefined,
      rounds: 3,
      failOver: Infinity,
      isHelp: false,
    })
  })

  it('compares in seven pairs, with a revision if one is named', () => {
    expect(parse('--compare')).toMatchObject({ isCompared: true, revision: undefined, rounds: 7 })
    expect(parse('--compare', 'v1.0')).toMatchObject({ isCompared: true, revision: 'v1.0' })
    expect(parse('--compare', '--only', 'mask', 'v1.0')).toMatchObject({ revision: 'v1.0' })
  })

  it('keeps the order of the subjects, whatever the order of --only', () => {
    expect(parse('--only', 'utf8, mask').subjects).toEqual(['mask', 'utf8'])
  })

  it('takes rounds and a limit', () => {
    expect(parse('--compare', '--rounds', '21', '--fail-over', '1.2')).toMatchObject({
      rounds: 21,
      failOver: 1.2,
    })
  })

  it.each([
    ['an unknown option', ['--fast'], /--fast/],
    ['an unknown subject', ['--only', 'mask,maks'], /"maks".*mask, parser, utf8/],
    ['no subject', ['--only', ','], /--only/],
    ['a revision without --compare', ['v1.0'], /"v1.0"/],
    ['two revisions', ['--compare', 'v1.0', 'v1.1'], /"v1.1"/],
    ['a limit without --compare', ['--fail-over', '1.2'], /--fail-over/],
    ['half a round', ['--rounds', '2.5'], /--rounds/],
    ['no rounds', ['--rounds', '0'], /--rounds/],
    ['a limit that is no number', ['--compare', '--fail-over', 'a lot'], /--fail-over/],
  ])('refuses %s', (_, args, message) => {
    expect(() => parse(...args)).toThrow(UsageError)
    expect(() => parse(...args)).toThrow(message)
  })
})
