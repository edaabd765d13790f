import { describe, expect, it } from 'vitest'
import { TagSource } from './tag-source.ts'

describe('TagSource', () => {
  it('hands out every four bytes once, asking for many at a time', () => {
    let byte = 0
    let asked = 0
    const tags = new TagSource({
      bytes: (size) => {
        asked++
        return Uint8Array.from({ length: size }, () => byte++ >> 2)
      },
    })
    const drawn = Array.from({ length: 255 }, () => tags.next())
    expect(drawn.slice(0, 3)).toEqual([0, 0x01010101, 0x02020202])
    expect(new Set(drawn).size).toBe(255)
    expect(asked).toBe(1)
    tags.next()
    tags.next()
    expect(asked).toBe(2)
  })

  it('reads bytes that are part of a larger buffer', () => {
    const pool = Uint8Array.of(9, 9, 9, 9, ...new Array<number>(1024).fill(7))
    expect(new TagSource({ bytes: (size) => pool.subarray(4, 4 + size) }).next()).toBe(0x07070707)
  })
})
