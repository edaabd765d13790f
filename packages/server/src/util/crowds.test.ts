import { expect, it } from 'vitest'
import type { Arrival } from './arrivals.ts'
import { Crowds } from './crowds.ts'

it('lets the oldest of a group make room for the newest', () => {
  const crowds = new Crowds<string>()
  const places = new Map<string, Arrival<string>>()
  const add = (group: string, ...items: string[]) =>
    items.map((item) => {
      places.set(item, crowds.add(group, item))
      return crowds.takeBeyond(group, 2)
    })
  expect(add('a', '1', '2', '3')).toEqual([undefined, undefined, '1'])
  expect(add('b', 'first')).toEqual([undefined])
  crowds.delete('a', places.get('2')!)
  crowds.delete('a', places.get('2')!)
  expect(add('a', '4', '5')).toEqual([undefined, '3'])
})

it('keeps nothing of groups that are empty', () => {
  const crowds = new Crowds<number>()
  for (let index = 0; index < 1000; index++) {
    crowds.delete(String(index), crowds.add(String(index), index))
  }
  expect(crowds.size).toBe(0)
  crowds.add('__proto__', 1)
  expect(crowds.takeBeyond('__proto__', 0)).toBe(1)
  expect(crowds.size).toBe(0)
  crowds.add('a', 1)
  crowds.clear()
  expect(crowds.size).toBe(0)
})
