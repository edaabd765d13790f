import { expect, it } from 'vitest'
import { generateMaskingKey } from './masking-keys.ts'

it('gives keys of 32 bits that do not repeat and favour no bit (A46)', () => {
  const count = 20_000
  const keys = Array.from({ length: count }, generateMaskingKey)
  // Two of 20,000 random keys are equal with probability 0.05, five such pairs never happen.
  expect(new Set(keys).size).toBeGreaterThan(count - 5)
  for (let bit = 0; bit < 32; bit++) {
    const ones = keys.filter((key) => ((key >>> bit) & 1) === 1).length
    // Six standard deviations of a fair coin.
    expect(Math.abs(ones - count / 2)).toBeLessThan(6 * Math.sqrt(count / 4))
  }
})
