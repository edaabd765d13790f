import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { interceptEvent, observeEvents } from './event-interceptor.ts'

it('takes what it takes, and lets everything else go its usual way', () => {
  const emitter = new EventEmitter()
  const heard: unknown[] = []
  emitter.on('a', (value) => heard.push(value))
  emitter.on('b', (value) => heard.push(value))
  interceptEvent(emitter, 'a', (value: number) => value > 1)
  expect([emitter.emit('a', 1), emitter.emit('a', 2), emitter.emit('b', 3), emitter.emit('c')]).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect(heard).toEqual([1, 3])
})

it('asks the last one first, so that several can live together', () => {
  const emitter = new EventEmitter()
  const asked: string[] = []
  const note = (name: string, takes: boolean) => (): boolean => {
    asked.push(name)
    return takes
  }
  interceptEvent(emitter, 'a', note('first', false))
  interceptEvent(emitter, 'a', note('second', false))
  emitter.emit('a')
  expect(asked).toEqual(['second', 'first'])
})

it('shows every event before it is taken, until told otherwise', () => {
  const emitter = new EventEmitter()
  const seen: unknown[] = []
  interceptEvent(emitter, 'a', () => true)
  const stop = observeEvents(emitter, (event, args) => seen.push([event, ...args]))
  interceptEvent(emitter, 'b', () => true)
  emitter.emit('a', 1)
  emitter.emit('b')
  emitter.emit('c', 2, 3)
  stop()
  emitter.emit('a', 4)
  expect(seen).toEqual([['a', 1], ['b'], ['c', 2, 3]])
})
