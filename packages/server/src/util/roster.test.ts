import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Roster } from './roster.ts'

it('has what was added and not removed, and each item knows its seat', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat(20))), (steps) => {
      const roster = new Roster<{ seat: number }>((item, seat) => (item.seat = seat))
      const model: { seat: number }[] = []
      for (const step of steps) {
        if (step === null || model.length === 0) {
          const item = { seat: -1 }
          model.push(item)
          roster.add(item)
        } else {
          const [gone] = model.splice(step % model.length, 1)
          expect(roster.delete(gone!, gone!.seat)).toBe(true)
          expect(roster.delete(gone!, gone!.seat)).toBe(false)
        }
        expect(roster.size).toBe(model.length)
        expect(new Set(roster.all)).toEqual(new Set(model))
        expect(roster.all.map(({ seat }) => seat)).toEqual([...roster.all.keys()])
      }
    }),
  )
})

it('has nobody when it was cleared', () => {
  const roster = new Roster<object>(() => {})
  const item = {}
  roster.add(item)
  roster.clear()
  expect([roster.size, roster.all, roster.delete(item, 0)]).toEqual([0, [], false])
})
