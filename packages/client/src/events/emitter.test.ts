import { describe, expect, it } from 'vitest'
import { Emitter } from './emitter.ts'

describe('Emitter', () => {
  it('calls the handlers of a name in order, and only those', () => {
    const emitter = new Emitter<{ a: number; b: number }>(() => {})
    const calls: unknown[] = []
    emitter.on('a', (n) => calls.push(['first', n]))
    emitter.on('a', (n) => calls.push(['second', n]))
    emitter.on('b', (n) => calls.push(['other', n]))
    emitter.emit('a', 1)
    expect(calls).toEqual([
      ['first', 1],
      ['second', 1],
    ])
  })

  it('treats a function that is added twice as two handlers', () => {
    const emitter = new Emitter<{ a: void }>(() => {})
    let count = 0
    const handler = () => void count++
    const off = emitter.on('a', handler)
    emitter.on('a', handler)
    emitter.emit('a', undefined)
    off()
    off()
    emitter.emit('a', undefined)
    expect(count).toBe(3)
  })

  it('lets handlers add and remove handlers while they are called', () => {
    const emitter = new Emitter<{ a: void }>(() => {})
    const calls: string[] = []
    const off = emitter.on('a', () => {
      calls.push('once')
      off()
      emitter.on('a', () => calls.push('late'))
    })
    emitter.on('a', () => calls.push('always'))
    emitter.emit('a', undefined)
    expect(calls).toEqual(['once', 'always'])
    emitter.emit('a', undefined)
    expect(calls).toEqual(['once', 'always', 'always', 'late'])
  })

  it('reports what a handler throws and calls the next', () => {
    const reported: unknown[] = []
    const emitter = new Emitter<{ a: void }>((error) => reported.push(error))
    let isCalled = false
    emitter.on('a', () => {
      throw new Error('mistake')
    })
    emitter.on('a', () => (isCalled = true))
    emitter.emit('a', undefined)
    expect(reported).toEqual([new Error('mistake')])
    expect(isCalled).toBe(true)
  })

  it('knows whether anybody listens', () => {
    const emitter = new Emitter<{ a: void; b: void }>(() => {})
    const off = emitter.on('a', () => {})
    expect([emitter.has(), emitter.has('a'), emitter.has('b')]).toEqual([true, true, false])
    off()
    expect(emitter.has()).toBe(false)
  })
})
