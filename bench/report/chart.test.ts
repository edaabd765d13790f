// The chart as SVG.
import { describe, expect, test } from 'vitest'
import { drawChart, type Bar } from './chart.ts'

const bar = (label: string, value: number, isOurs = false): Bar => ({
  label,
  value,
  text: `${value} µs`,
  isOurs,
})
const lengths = (svg: string) =>
  [...svg.matchAll(/<rect [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width))

describe('drawChart', () => {
  test('bars are as long as their values say', () => {
    const [half, whole] = lengths(drawChart('t', [{ heading: 'h', bars: [bar('a', 5), bar('b', 10)] }]))
    expect(whole).toBeCloseTo(2 * half!, 0)
  })

  test('values far apart have a logarithmic scale, which the heading says', () => {
    const svg = drawChart('t', [{ heading: 'W1c', bars: [bar('a', 0.1), bar('b', 1), bar('c', 10)] }])
    expect(svg).toContain('W1c (logarithmic)')
    const [a, b, c] = lengths(svg)
    expect(c! - b!).toBeCloseTo(b! - a!, 0)
    expect(a).toBeGreaterThan(0)
  })

  test('a value of zero still has a bar', () => {
    expect(lengths(drawChart('t', [{ heading: 'h', bars: [bar('a', 0), bar('b', 10)] }]))[0]).toBeGreaterThan(
      0,
    )
  })

  test('ours stand out', () => {
    const svg = drawChart('t', [{ heading: 'h', bars: [bar('ours', 1, true), bar('theirs', 1)] }])
    expect(svg.match(/class="ours"/g)).toHaveLength(1)
    expect(svg.match(/class="theirs"/g)).toHaveLength(1)
  })

  test('it has a title, colours for a dark page, and no markup from labels', () => {
    const svg = drawChart('A & B', [{ heading: '1 < 2', bars: [bar('<b>', 1)] }])
    expect(svg).toContain('<title>A &amp; B</title>')
    expect(svg).toContain('prefers-color-scheme: dark')
    expect(svg).not.toContain('<b>')
  })

  test('a group without bars is left out', () => {
    expect(drawChart('t', [{ heading: 'nothing', bars: [] }])).not.toContain('nothing')
  })
})
