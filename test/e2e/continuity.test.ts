// The judge of the crash test must find what it looks for.
import { describe, expect, it } from 'vitest'
import { judge, type Place, type PublishRecord, type Seen } from '../support/continuity.ts'

const at = (offset: number, epoch = 'old'): Place => ({ epoch, offset })

const publish = (id: string, changes: Partial<PublishRecord> = {}): PublishRecord => ({
  userId: 'ada',
  id,
  transmissions: 1,
  losses: 0,
  ...changes,
})

const saw = (id: string, place: Place): Seen => ({ kind: 'publication', userId: 'ada', id, place })
const gap = (place: Place): Seen => ({ kind: 'gap', place })

const run = (publishes: readonly PublishRecord[], seen: readonly Seen[], start = at(0)) =>
  judge(publishes, [{ name: 'grace', start, seen }])

const FLAWLESS = { lost: [], doubled: [], reordered: [], abandoned: [] }

describe('the judge of a run', () => {
  it('finds nothing wrong with a run in which all arrived', () => {
    const publishes = [publish('a', { acknowledged: at(1) }), publish('b', { acknowledged: at(2) })]
    expect(run(publishes, [saw('a', at(1)), saw('b', at(2))])).toEqual({
      ...FLAWLESS,
      acknowledged: 2,
      delivered: 2,
      gaps: 0,
      retried: 0,
    })
  })

  it.each([
    ['in the middle', [saw('a', at(1)), saw('c', at(3))]],
    ['at the end', [saw('a', at(1))]],
    ['before a gap, at a place the subscriber had passed', [saw('c', at(3)), gap(at(0, 'new'))]],
  ])('finds a loss %s', (_where, seen) => {
    expect(run([publish('b', { acknowledged: at(2) })], seen).lost).toEqual(['ada/b at grace'])
  })

  it('finds a loss behind a gap', () => {
    const publishes = [publish('b', { acknowledged: at(6, 'new') })]
    expect(run(publishes, [saw('a', at(1)), gap(at(5, 'new'))]).lost).toEqual(['ada/b at grace'])
  })

  it.each([
    ['after the last publication of the old stream', at(2)],
    ['before the place where the new stream goes on', at(5, 'new')],
    ['in a stream that lived and died in between', at(1, 'between')],
  ])('excuses a loss that a gap announced: %s', (_where, acknowledged) => {
    const verdict = run([publish('b', { acknowledged })], [saw('a', at(1)), gap(at(5, 'new'))])
    expect(verdict).toMatchObject({ ...FLAWLESS, gaps: 1 })
  })

  it('expects nothing of what was published before the subscriber came, or never acknowledged', () => {
    const publishes = [publish('a', { acknowledged: at(3) }), publish('b')]
    expect(run(publishes, [], at(3))).toMatchObject(FLAWLESS)
  })

  it('accepts that a retry found its first attempt already surfaced', () => {
    const retried = publish('a', { transmissions: 2, losses: 1, acknowledged: at(1, 'new') })
    const verdict = run([retried], [saw('a', at(1)), gap(at(0, 'new'))])
    expect(verdict).toMatchObject({ ...FLAWLESS, retried: 1 })
  })

  it('finds an id that surfaced twice, also across streams', () => {
    const seen = [saw('a', at(1)), gap(at(0, 'new')), saw('a', at(1, 'new'))]
    expect(run([], seen).doubled).toEqual(['ada/a at grace'])
  })

  it('finds publications out of order, and a new stream that nobody announced', () => {
    const seen = [saw('b', at(2)), saw('a', at(1)), saw('c', at(3, 'new'))]
    expect(run([], seen).reordered).toEqual(['ada/a at grace', 'ada/c at grace'])
  })

  it('finds a publish that was given up at the first loss', () => {
    expect(run([publish('a', { losses: 1 })], []).abandoned).toEqual(['ada/a'])
    expect(run([publish('a', { losses: 2, transmissions: 2 })], []).abandoned).toEqual([])
  })
})
