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
  /** What the heading is about, at length: broken into lines where it is too long for one. */
  readonly about: string
  readonly bars: readonly Bar[]
}

/** What stands above all groups. */
export interface ChartTitle {
  readonly title: string
  /** How to read it. */
  readonly legend: string
}

const WIDTH = 760
const LABEL_WIDTH = 210
const TEXT_WIDTH = 150
const BAR_HEIGHT = 14
const ROW_HEIGHT = 20
const LINE_HEIGHT = 17
const GROUP_GAP = 14
const MARGIN = 16
/** Of the widest common fonts, at the size of a line below a heading. */
const CHARACTER_WIDTH = 7
const LINE_CHARACTERS = Math.floor((WIDTH - 2 * MARGIN) / CHARACTER_WIDTH)
/** A bar of the smallest value can still be seen. */
const SHORTEST = 2

const STYLE = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 15px }
  .heading { font-weight: 600; font-size: 13px }
  .theirs { fill: #8c959f }
  .ours { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .theirs { fill: #6e7681 }
    .ours { fill: #4493f8 }
  }
`

/** Draws groups of bars below each other. In each, the longest bar is its largest value, and all others are in proportion to it. */
export function drawChart({ title, legend }: ChartTitle, groups: readonly BarGroup[]): string {
  const page = new Page()
  page.write(title, 'title')
  for (const line of linesOf(legend)) page.write(line)
  for (const { heading, about, bars } of groups) {
    if (bars.length === 0) continue
    page.skip(GROUP_GAP)
    page.write(heading, 'heading')
    for (const line of linesOf(about)) page.write(line)
    page.skip(BAR_HEIGHT / 2)
    const largest = Math.max(...bars.map(({ value }) => value))
    for (const bar of bars) page.draw(bar, largest)
  }
  return page.toSvg(`${title}. ${legend}`)
}

/** What has been drawn so far, from the top down. */
class Page {
  readonly #parts: string[] = []
  #y = MARGIN

  skip(height: number): void {
    this.#y += height
  }

  write(text: string, style?: 'title' | 'heading'): void {
    this.#y += LINE_HEIGHT
    const name = style === undefined ? '' : ` class="${style}"`
    this.#parts.push(`<text${name} x="${MARGIN}" y="${this.#y - 4}">${escape(text)}</text>`)
  }

  draw({ label, value, text, isOurs }: Bar, largest: number): void {
    const longest = WIDTH - 2 * MARGIN - LABEL_WIDTH - TEXT_WIDTH
    const length = Math.max(SHORTEST, largest > 0 ? (value / largest) * longest : 0)
    const x = MARGIN + LABEL_WIDTH
    const baseline = this.#y + BAR_HEIGHT - 3
    this.#parts.push(
      [
        `<text x="${x - 8}" y="${baseline}" text-anchor="end">${escape(label)}</text>`,
        `<rect class="${isOurs ? 'ours' : 'theirs'}" x="${x}" y="${this.#y}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`,
        `<text x="${(x + length + 8).toFixed(1)}" y="${baseline}">${escape(text)}</text>`,
      ].join(''),
    )
    this.#y += ROW_HEIGHT
  }

  /** @param title What the picture is of, for who cannot see it. */
  toSvg(title: string): string {
    const height = this.#y + MARGIN
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img">`,
      `<title>${escape(title)}</title>`,
      `<style>${STYLE}</style>`,
      ...this.#parts,
      '</svg>',
      '',
    ].join('\n')
  }
}

/** Breaks a text between words, since SVG does not. */
function linesOf(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`
    if (lines.length > 0 && longer.length <= LINE_CHARACTERS) lines[lines.length - 1] = longer
    else lines.push(word)
  }
  return lines
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character)
