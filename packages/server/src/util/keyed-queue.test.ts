import { describe, expect, it } from 'vitest'
import { defer } from '../testing/deferred.ts'
import { KeyedQueue } from './keyed-queue.ts'

describe('KeyedQueue', () => {
  it('runs a task at once if its key has none', () => {
    const queue = new KeyedQueue()
    let hasRun = false
    void queue.run('a', async () => (hasRun = true))
    expect(hasRun).toBe(true)
  })

  it('hands on at once what a task returns or throws at once, and keeps nothing of it', () => {
    const queue = new KeyedQueue()
    expect(queue.run('a', () => 1)).toBe(1)
    expect(() =>
      queue.run('a', () => {
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(queue.isIdle('a')).toBe(true)
    expect(queue.size).toBe(0)
  })

  it('has what could be done at once wait for what is not', async () => {
    const queue = new KeyedQueue()
    const gate = defer()
    const order: number[] = []
    const first = queue.run('a', () => gate.promise.then(() => order.push(1)))
    const second = queue.run('a', () => order.push(2))
    expect([queue.isIdle('a'), queue.isIdle('b')]).toEqual([false, true])
    expect(order).toEqual([])
    gate.resolve()
    await Promise.all([first, second])
    expect(order).toEqual([1, 2])
  })

  it('runs the tasks of a key one after the other, those of another beside them', async () => {
    const queue = new KeyedQueue()
    const gate = defer()
    const order: string[] = []
    const first = queue.run('a', async () => {
      await gate.promise
      order.push('a1')
    })
    const second = queue.run('a', async () => order.push('a2'))
    await queue.run('b', async () => order.push('b1'))
    expect(order).toEqual(['b1'])
    gate.resolve()
    await Promise.all([first, second])
    expect(order).toEqual(['b1', 'a1', 'a2'])
  })

  it('keeps the order of a task that is added just when the one before it has settled', async () => {
    const queue = new KeyedQueue()
    const order: number[] = []
    const gate = defer()
    const first = Promise.resolve(queue.run('a', () => gate.promise))
    const rest: Promise<unknown>[] = []
    void first.then(() => rest.push(Promise.resolve(queue.run('a', async () => order.push(3)))))
    const one = queue.run('a', async () => order.push(1))
    const two = queue.run('a', async () => order.push(2))
    gate.resolve()
    await expect.poll(() => order).toEqual([1, 2, 3])
    await Promise.all([one, two, ...rest])
  })

  it('goes on after a task that rejects, and rejects only for who asked', async () => {
    const queue = new KeyedQueue()
    const failing = queue.run('a', () => Promise.reject(new Error('no')))
    const next = queue.run('a', async () => 'yes')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })

  it('forgets a key when its last task has settled', async () => {
    const queue = new KeyedQueue()
    await Promise.all([queue.run('a', async () => 1), queue.run('a', async () => 2)])
    await expect.poll(() => queue.size).toBe(0)
  })
})
