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

const draw = (bars: Bar[], group: { heading?: string; about?: string } = {}, title = 't') =>
  drawChart({ title, legend: 'how to read it' }, [{ heading: 'h', about: 'a', ...group, bars }])

describe('drawChart', () => {
  test('bars are as long as their values say, however far these are apart', () => {
    const [tenth, half, whole] = lengths(draw([bar('a', 1), bar('b', 5), bar('c', 10)]))
    expect(whole).toBeCloseTo(2 * half!, 0)
    expect(whole).toBeCloseTo(10 * tenth!, 0)
  })

  test('a value of zero still has a bar', () => {
    expect(lengths(draw([bar('a', 0), bar('b', 10)]))[0]).toBeGreaterThan(0)
    expect(lengths(draw([bar('a', 0)]))[0]).toBeGreaterThan(0)
  })

  test('ours stand out', () => {
    const svg = draw([bar('ours', 1, true), bar('theirs', 1)])
    expect(svg.match(/class="ours"/g)).toHaveLength(1)
    expect(svg.match(/class="theirs"/g)).toHaveLength(1)
  })

  test('the title and how to read it can be seen and heard', () => {
    const svg = draw([bar('a', 1)], {}, 'A & B')
    expect(svg).toContain('<title>A &amp; B. how to read it</title>')
    expect(svg).toMatch(/<text class="title"[^>]*>A &amp; B</)
    expect(svg).toMatch(/<text [^>]*>how to read it</)
  })

  test('what a heading is about is broken before it leaves the picture', () => {
    const about = 'one word after another '.repeat(20).trim()
    const lines = [
      ...draw([bar('a', 1)], { about }).matchAll(/<text [^>]*>((?:one|word|after|another)[^<]*)</g),
    ]
    expect(lines.map(([, text]) => text).join(' ')).toBe(about)
    for (const [, text] of lines) expect(text!.length * 7).toBeLessThanOrEqual(760 - 2 * 16)
  })

  test('it has colours for a dark page, and no markup from labels', () => {
    const svg = draw([bar('<b>', 1)], { heading: '1 < 2' })
    expect(svg).toContain('prefers-color-scheme: dark')
    expect(svg).not.toContain('<b>')
    expect(svg).toContain('1 &lt; 2')
  })

  test('a group without bars is left out', () => {
    expect(draw([], { heading: 'nothing' })).not.toContain('nothing')
  })
})
