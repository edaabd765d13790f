import { expect, it } from 'vitest'
import { isThenable } from './is-thenable.ts'

it('takes whatever can be waited for, and nothing else', () => {
  const likePromise = { then: (resolve: (value: number) => void) => resolve(1) }
  expect([Promise.resolve(), likePromise].map(isThenable)).toEqual([true, true])
  expect([undefined, null, 1, 'then', {}, { then: 1 }, () => {}].some(isThenable)).toBe(false)
})
