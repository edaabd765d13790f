// Horizontal bars as SVG, readable on a light and on a dark page: text and rules take the reader's colour scheme.

/** One bar. */
export interface Bar {
  readonly label: string
  readonly value: number
  /** What stands behind the bar. */
  readonly text: string
  /** Ours stand out. */
  readonly isOurs: boolean
}

/** Bars under one heading, with a scale of their own. */
export interface BarGroup {
  readonly heading: string
  readonly bars: readonly Bar[]
}

const WIDTH = 760
const LABEL_WIDTH = 190
const TEXT_WIDTH = 110
const BAR_HEIGHT = 14
const ROW_HEIGHT = 20
const HEADING_HEIGHT = 34
const MARGIN = 16
/** A bar of the smallest value can still be seen. */
const SHORTEST = 3

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .heading { font-weight: 600; font-size: 13px }
  .theirs { fill: #8c959f }
  .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .theirs { fill: #6e7681 }
    .ours { fill: #4493f8 }
  }
`

/**
 * Draws groups of bars below each other. The longest bar of a group is its largest value; where that is more than twenty times
 * the smallest, the scale is logarithmic and the heading says so.
 *
 * @param title What the picture is of, for who cannot see it.
 */
export function drawChart(title: string, groups: readonly BarGroup[]): string {
  let y = MARGIN
  const parts: string[] = []
  for (const group of groups.filter(({ bars }) => bars.length > 0)) {
    const scale = scaleOf(group.bars.map(({ value }) => value))
    const suffix = scale.isLogarithmic ? ' (logarithmic)' : ''
    parts.push(
      `<text class="heading" x="${MARGIN}" y="${y + HEADING_HEIGHT - 14}">${escape(group.heading + suffix)}</text>`,
    )
    y += HEADING_HEIGHT
    for (const bar of group.bars) {
      parts.push(drawBar(bar, y, scale.lengthOf(bar.value)))
      y += ROW_HEIGHT
    }
  }
  const height = y + MARGIN
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}</style>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n')
}

function drawBar({ label, text, isOurs }: Bar, y: number, length: number): string {
  const x = MARGIN + LABEL_WIDTH
  const baseline = y + BAR_HEIGHT - 3
  return [
    `<text x="${x - 8}" y="${baseline}" text-anchor="end">${escape(label)}</text>`,
    `<rect class="${isOurs ? 'ours' : 'theirs'}" x="${x}" y="${y}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
    `<text x="${(x + length + 8).toFixed(1)}" y="${baseline}">${escape(text)}</text>`,
  ].join('')
}

/** Above this ratio of the largest to the smallest value, bars of equal scale would be too short to compare. */
const LOGARITHMIC_FROM = 20

function scaleOf(values: readonly number[]) {
  const longest = WIDTH - 2 * MARGIN - LABEL_WIDTH - TEXT_WIDTH
  const largest = Math.max(...values)
  const smallest = Math.min(...values.filter((value) => value > 0))
  const isLogarithmic = largest > smallest * LOGARITHMIC_FROM
  // A logarithmic bar begins at the power of ten below the smallest value, so that every bar has a length.
  const origin = 10 ** (Math.ceil(Math.log10(smallest)) - 1)
  const share = (value: number) =>
    isLogarithmic ? Math.log(value / origin) / Math.log(largest / origin) : value / largest
  return {
    isLogarithmic,
    lengthOf: (value: number) => (value > 0 ? Math.max(SHORTEST, share(value) * longest) : SHORTEST),
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character)
