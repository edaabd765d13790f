import { describe, expect, it } from 'vitest'
import { defer } from '../testing/deferred.ts'
import { Sequence } from './sequence.ts'

describe('Sequence', () => {
  it('runs a step at once while nothing is pending', () => {
    const sequence = new Sequence()
    const done: string[] = []
    sequence.add(() => void done.push('a'))
    sequence.add(() => void done.push('b'))
    expect([done, sequence.isIdle]).toEqual([['a', 'b'], true])
  })

  it('keeps the order when a step takes time', async () => {
    const sequence = new Sequence()
    const done: string[] = []
    const slow = defer()
    sequence.add(async () => {
      await slow.promise
      done.push('a')
    })
    sequence.add(() => void done.push('b'))
    sequence.add(() => void done.push('c'))
    expect([done, sequence.isIdle]).toEqual([[], false])
    slow.resolve()
    await expect.poll(() => done).toEqual(['a', 'b', 'c'])
    expect(sequence.isIdle).toBe(true)
  })

  it('runs what a step adds after what waits', () => {
    const sequence = new Sequence()
    const done: string[] = []
    sequence.add(() => {
      sequence.add(() => void done.push('b'))
      done.push('a')
    })
    expect(done).toEqual(['a', 'b'])
  })

  it('tells when what took time is done, and only then', async () => {
    let idles = 0
    const sequence = new Sequence(() => idles++)
    sequence.add(() => {})
    expect(idles).toBe(0)
    const slow = defer()
    sequence.add(() => slow.promise)
    sequence.add(() => {})
    slow.resolve()
    await expect.poll(() => idles).toBe(1)
  })

  it('forgets what has not begun', async () => {
    const sequence = new Sequence()
    const done: string[] = []
    const slow = defer()
    sequence.add(() => slow.promise)
    sequence.add(() => void done.push('never'))
    sequence.clear()
    slow.resolve()
    await expect.poll(() => sequence.isIdle).toBe(true)
    expect(done).toEqual([])
  })
})
