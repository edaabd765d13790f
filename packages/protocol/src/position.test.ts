import { describe, expect, it } from 'vitest'
import { isSamePosition } from './position.ts'

describe('isSamePosition', () => {
  const position = { epoch: 'e', offset: 7, tag: 1 }

  it('compares epoch, offset and tag', () => {
    expect(isSamePosition(position, { ...position })).toBe(true)
    expect(isSamePosition(position, { ...position, epoch: 'f' })).toBe(false)
    expect(isSamePosition(position, { ...position, offset: 8 })).toBe(false)
    expect(isSamePosition(position, { ...position, tag: 2 })).toBe(false)
  })
})
