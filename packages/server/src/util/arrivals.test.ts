import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Arrivals, type Arrival } from './arrivals.ts'

function itemsOf<Item>(arrivals: Arrivals<Item>): readonly (Item | undefined)[] {
  const items: (Item | undefined)[] = []
  for (let arrival = arrivals.oldest; arrival !== undefined; arrival = arrival.next) items.push(arrival.item)
  return items
}

it('has what was added and not removed, in the order of arrival', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20))), (steps) => {
      const arrivals = new Arrivals<number>()
      const model: { item: number; place: Arrival<number> }[] = []
      for (const [item, step] of steps.entries()) {
        if (step === null || model.length === 0) {
          model.push({ item, place: arrivals.add(item) })
        } else {
          const [gone] = model.splice(step % model.length, 1)
          expect(arrivals.delete(gone!.place)).toBe(true)
          expect(arrivals.delete(gone!.place)).toBe(false)
        }
        expect(itemsOf(arrivals)).toEqual(model.map((entry) => entry.item))
        expect([arrivals.size, arrivals.oldest?.item]).toEqual([model.length, model[0]?.item])
      }
    }),
  )
})

it('lets the place of who has gone refer to nothing', () => {
  const arrivals = new Arrivals<object>()
  const places = [{}, {}, {}].map((item) => arrivals.add(item))
  arrivals.delete(places[1]!)
  expect({ ...places[1] }).toEqual({ item: undefined, previous: undefined, next: undefined })
})
