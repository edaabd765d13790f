import { expect, it } from 'vitest'
import { Crowds } from './crowds.ts'

it('lets the oldest of a group make room for the newest', () => {
  const crowds = new Crowds<string>()
  const add = (group: string, ...items: string[]) => items.map((item) => crowds.add(group, item, 2))
  expect(add('a', '1', '2', '3')).toEqual([undefined, undefined, '1'])
  expect(add('b', '1')).toEqual([undefined])
  crowds.delete('a', '2')
  crowds.delete('a', 'unknown')
  expect(add('a', '4', '5')).toEqual([undefined, '3'])
})

it('keeps nothing of groups that are empty', () => {
  const crowds = new Crowds<number>()
  for (let index = 0; index < 1000; index++) {
    crowds.add(String(index), index, 1)
    crowds.delete(String(index), index)
  }
  expect(crowds.size).toBe(0)
  expect(crowds.add('__proto__', 1, 0)).toBe(1)
  expect(crowds.size).toBe(0)
  crowds.add('a', 1, 1)
  crowds.clear()
  expect(crowds.size).toBe(0)
})
