import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Retention, StoredPublication, StreamSlice } from './broker.ts'
import { MemoryStream } from './memory-stream.ts'

type Place = Pick<StoredPublication, 'offset' | 'tag'>

/** Keeps everything for ever and works out each answer from the definition. */
class NaiveStream {
  readonly #places: Place[] = [{ offset: 0, tag: 0 }]
  readonly #items: StoredPublication[] = []
  /** The offset of the last item that was dropped; what is gone stays gone. */
  #dropped = 0

  append(item: StoredPublication): void {
    this.#items.push(item)
    this.#places.push({ offset: item.offset, tag: item.tag })
  }

  trim(now: number, retention: Retention): void {
    const newest = retention ? this.#items.slice(-retention.maxItems) : []
    const kept = newest.filter(({ time }) => retention && now - time < retention.ttlMs)
    this.#dropped = Math.max(this.#dropped, this.#items.length - kept.length)
  }

  last(count: number): { base: Place; items: StoredPublication[] } {
    const first = Math.max(this.#dropped, this.#items.length - count)
    return { base: this.#places[first]!, items: this.#items.slice(first) }
  }

  since({ offset, tag }: Place): StoredPublication[] | 'forked' | 'expired' {
    if (offset > this.#items.length) return 'forked'
    if (offset < this.#dropped && offset !== this.#items.length) return 'expired'
    return this.#places[offset]!.tag === tag ? this.#items.slice(offset) : 'forked'
  }
}

type Step =
  | { readonly kind: 'append'; readonly tag: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'last'; readonly count: number }
  | { readonly kind: 'since'; readonly offset: number; readonly isTagWrong: boolean }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('append'), tag: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait'), ms: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('last'), count: fc.nat(12) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('since'), offset: fc.nat(300), isTagWrong: fc.boolean() }),
    },
  ),
  { maxLength: 300, size: 'max' },
)

const retentions: fc.Arbitrary<Retention> = fc.option(
  fc.record({ maxItems: fc.integer({ min: 1, max: 10 }), ttlMs: fc.integer({ min: 1, max: 100 }) }),
)

describe('MemoryStream', () => {
  it('answers as a stream that forgets nothing and filters each time', () => {
    fc.assert(
      fc.property(steps, retentions, (script, retention) => {
        const stream = new MemoryStream('e')
        const naive = new NaiveStream()
        const tags = [0]
        let now = 0
        for (const step of script) {
          stream.trim(now, retention)
          naive.trim(now, retention)
          switch (step.kind) {
            case 'append': {
              const draft = { id: `p${tags.length}`, event: 'e', from: undefined, json: '1' }
              naive.append(stream.append(draft, step.tag, now, retention))
              tags.push(step.tag)
              break
            }
            case 'wait':
              now += step.ms
              break
            case 'last': {
              const { base, items } = naive.last(step.count)
              expectSlice(stream.read({ last: step.count }), base, items)
              break
            }
            case 'since': {
              const tag = (tags[step.offset] ?? 0) + (step.isTagWrong ? 1 : 0)
              const since = { epoch: 'e', offset: step.offset, tag }
              const expected = naive.since(since)
              const slice = stream.read({ since })
              if (typeof expected === 'string') expect(slice.unrecovered).toBe(expected)
              else expectSlice(slice, since, expected)
            }
          }
          expect(stream.top).toEqual({ epoch: 'e', offset: tags.length - 1, tag: tags.at(-1) })
        }
      }),
    )
  })

  it('compacts: it reads right after many more items than it keeps', () => {
    const stream = new MemoryStream('e')
    const retention = { maxItems: 2, ttlMs: 1_000 }
    for (let tag = 1; tag <= 500; tag++) {
      stream.append({ id: `p${tag}`, event: 'e', from: undefined, json: '1' }, tag, 0, retention)
    }
    const since = { epoch: 'e', offset: 498, tag: 498 }
    expect(stream.read({ since }).items.map(({ offset }) => offset)).toEqual([499, 500])
    expect(stream.read({ last: 9 })).toMatchObject({ base: since, items: [{ offset: 499 }, { offset: 500 }] })
  })

  it('drops an item at the very moment at which it is as old as allowed', () => {
    const stream = new MemoryStream('e')
    const retention = { maxItems: 10, ttlMs: 100 }
    stream.append({ id: 'a', event: 'e', from: undefined, json: '1' }, 1, 0, retention)
    stream.trim(99, retention)
    expect(stream.read({ last: 1 }).items).toHaveLength(1)
    stream.trim(100, retention)
    expect(stream.read({ last: 1 }).items).toHaveLength(0)
  })
})

function expectSlice(slice: StreamSlice, base: Place, items: readonly StoredPublication[]): void {
  expect(slice.unrecovered).toBeUndefined()
  expect(slice.base).toEqual({ epoch: 'e', offset: base.offset, tag: base.tag })
  expect(slice.items).toEqual(items)
}
