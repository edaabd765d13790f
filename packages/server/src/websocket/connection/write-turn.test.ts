import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import { WriteTurn } from './write-turn.ts'

function createTurn() {
  const clock = new FakeClock()
  const order: string[] = []
  const task = (name: string, also?: () => void) => ({
    flush: () => {
      order.push(name)
      also?.()
    },
  })
  return { clock, turn: WriteTurn.of(clock), order, task }
}

describe('WriteTurn', () => {
  it('has groups hand on what they have before anybody writes', async () => {
    const { clock, turn, order, task } = createTurn()
    turn.addWriter(task('writer'))
    turn.addGroup(task('group'))
    await clock.settle()
    expect(order).toEqual(['group', 'writer'])
  })

  it('comes back for what was added while it ran', async () => {
    const { clock, turn, order, task } = createTurn()
    turn.addGroup(task('group', () => turn.addGroup(task('group of a group'))))
    turn.addWriter(task('writer', () => turn.addWriter(task('writer of a writer'))))
    await clock.settle()
    expect(order).toEqual(['group', 'writer', 'group of a group', 'writer of a writer'])
  })

  it.each(['addGroup', 'addWriter'] as const)(
    'does not leave others waiting for one that throws (%s)',
    (add) => {
      const { clock, turn, order, task } = createTurn()
      const callbacks: (() => void)[] = []
      clock.defer = (callback) => void callbacks.push(callback)
      turn[add](task('first'))
      turn[add](task('broken', () => void JSON.parse('{')))
      turn[add](task('last'))
      turn.addWriter(task('writer'))
      expect(() => callbacks.shift()!()).toThrow(SyntaxError)
      for (const callback of callbacks) callback()
      expect(order).toEqual(['first', 'broken', 'last', 'writer'])
    },
  )
})
