import { describe, expect, it } from 'vitest'
import { Store } from './store.ts'

describe('Store', () => {
  it('gives the same snapshot until something changes, even if the selector builds a new object', () => {
    const store = new Store(() => {})
    let value = 1
    const watched = store.watch(() => ({ value }))
    const first = watched.getSnapshot()
    expect(watched.getSnapshot()).toBe(first)
    value = 2
    store.changed()
    expect(watched.getSnapshot()).toEqual({ value: 2 })
  })

  it('calls the listener only when the selected value is another one', () => {
    const store = new Store(() => {})
    let value = 'a'
    let calls = 0
    const stop = store.watch(() => value).subscribe(() => calls++)
    store.changed()
    expect(calls).toBe(0)
    value = 'b'
    store.changed()
    store.changed()
    expect(calls).toBe(1)
    stop()
    value = 'c'
    store.changed()
    expect(calls).toBe(1)
  })
})
