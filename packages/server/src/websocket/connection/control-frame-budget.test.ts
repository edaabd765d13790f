import { describe, expect, it } from 'vitest'
import { ControlFrameBudget } from './control-frame-budget.ts'

describe('ControlFrameBudget', () => {
  it('allows so many in one second and again in the next', () => {
    const budget = new ControlFrameBudget(2)
    expect([budget.take(0), budget.take(500), budget.take(999)]).toEqual([true, true, false])
    expect([budget.take(1000), budget.take(1000), budget.take(1000)]).toEqual([true, true, false])
  })

  it('allows any number without a limit, and none with zero', () => {
    const unlimited = new ControlFrameBudget(Infinity)
    expect(Array.from({ length: 1000 }, () => unlimited.take(0)).every(Boolean)).toBe(true)
    expect(new ControlFrameBudget(0).take(0)).toBe(false)
  })
})
