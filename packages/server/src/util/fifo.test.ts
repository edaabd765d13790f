import { describe, expect, it } from 'vitest'
import { Fifo } from './fifo.ts'

describe('Fifo', () => {
  it('gives back in order what it took, and undefined when it is empty', () => {
    const fifo = new Fifo<number>()
    expect(fifo.take()).toBeUndefined()
    fifo.add(1)
    fifo.add(2)
    expect([fifo.take(), fifo.length]).toEqual([1, 1])
    fifo.add(3)
    expect([fifo.take(), fifo.take(), fifo.take(), fifo.length]).toEqual([2, 3, undefined, 0])
  })

  it('keeps the order over many, of which it forgets those that are gone', () => {
    const fifo = new Fifo<number>()
    let added = 0
    let taken = 0
    for (let round = 0; round < 200; round++) {
      for (let count = 0; count < 50; count++) fifo.add(added++)
      for (let count = 0; count < 40; count++) expect(fifo.take()).toBe(taken++)
    }
    expect(fifo.length).toBe(added - taken)
    while (fifo.length > 0) expect(fifo.take()).toBe(taken++)
    expect(taken).toBe(added)
  })
})
