// Tables of text.
import { describe, expect, test } from 'vitest'
import { alignTable, markdownTable } from './table.ts'

const CELLS = [
  ['', 'CPU', 'bytes'],
  ['ws', '11.5 µs', '132 B'],
  ['Socket.IO', '17 µs', '140 B'],
]

describe('alignTable', () => {
  test('puts words to the left and figures to the right', () => {
    expect(alignTable(CELLS).split('\n')).toEqual([
      '               CPU  bytes',
      '─────────────────────────',
      'ws         11.5 µs  132 B',
      'Socket.IO    17 µs  140 B',
    ])
  })
})

describe('markdownTable', () => {
  test('is as Prettier leaves it', () => {
    expect(markdownTable(CELLS).split('\n')).toEqual([
      '|           |     CPU | bytes |',
      '| --------- | ------: | ----: |',
      '| ws        | 11.5 µs | 132 B |',
      '| Socket.IO |   17 µs | 140 B |',
    ])
  })

  test('keeps a bar in a cell from beginning another', () => {
    expect(markdownTable([['a'], ['x|y']])).toContain('x\\|y')
  })
})
