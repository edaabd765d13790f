import { expect, it } from 'vitest'
import { assertDuration } from './assert-duration.ts'

it.each([0, 0.5, 86_400_000])('lets %d milliseconds pass', (value) => {
  expect(() => assertDuration('drain', 'windowMs', value)).not.toThrow()
})

it.each([-1, NaN, Infinity, 86_400_001, '1', null, undefined])(
  'refuses %s and says what it wants',
  (value) => {
    expect(() => assertDuration('drain', 'windowMs', value)).toThrow(
      'drain: `windowMs` is a number of milliseconds, up to a day, not ',
    )
  },
)
