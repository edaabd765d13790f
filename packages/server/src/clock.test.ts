import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.ts'

describe('systemClock', () => {
  it('does not fire a timer of 30 days at once, as a bare setTimeout would', async () => {
    let fired = false
    const timer = systemClock.setTimer(() => (fired = true), 30 * 24 * 3600 * 1000)
    await new Promise((resolve) => setTimeout(resolve, 20))
    timer.cancel()
    expect(fired).toBe(false)
  })

  it('fires a timer once and tolerates cancelling it afterwards', async () => {
    let count = 0
    const timer = systemClock.setTimer(() => count++, 1)
    await expect.poll(() => count).toBe(1)
    timer.cancel()
    expect(count).toBe(1)
  })

  it('defers a callback until after pending promise callbacks', async () => {
    const order: string[] = []
    const deferred = new Promise<void>((resolve) =>
      systemClock.defer(() => {
        order.push('deferred')
        resolve()
      }),
    )
    await Promise.resolve().then(() => order.push('promise'))
    await deferred
    expect(order).toEqual(['promise', 'deferred'])
  })
})
