// How readable texts are: contrast ratios (WCAG 2.2, §1.4.3) from computed styles. Runs inside the page.

/** One text and its contrast with what is behind it. */
export interface Contrast {
  readonly selector: string
  readonly ratio: number
}

/**
 * Measures every visible element that the selectors find; a selector that finds none is reported with a ratio of 0.
 * Everything it needs is inside, because Playwright sends its source to the page.
 */
export function measureContrasts(selectors: readonly string[]): Contrast[] {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })!

  /** Whatever notation a colour has, a canvas knows its red, green, blue and alpha. */
  const parse = (color: string): [number, number, number, number] => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = color
    canvas.fillRect(0, 0, 1, 1)
    const [red = 0, green = 0, blue = 0, alpha = 0] = canvas.getImageData(0, 0, 1, 1).data
    return [red, green, blue, alpha / 255]
  }
  const luminance = (color: readonly number[]): number => {
    const [red = 0, green = 0, blue = 0] = color.map((value) => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const groundOf = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255]
    const [red, green, blue, alpha] = parse(getComputedStyle(element).backgroundColor)
    if (alpha === 1) return [red, green, blue]
    const below = groundOf(element.parentElement)
    return [red, green, blue].map((value, index) => value * alpha + below[index]! * (1 - alpha))
  }
  return selectors.flatMap((selector) => {
    const [base, pseudo] = selector.split('::')
    const elements = [...document.querySelectorAll(base!)].filter((element) => element.checkVisibility())
    if (elements.length === 0) return [{ selector, ratio: 0 }]
    return elements.map((element) => {
      const text = parse(getComputedStyle(element, pseudo && `::${pseudo}`).color).slice(0, 3)
      const [darker, lighter] = [luminance(text), luminance(groundOf(element))].sort((a, b) => a - b)
      return { selector, ratio: (lighter! + 0.05) / (darker! + 0.05) }
    })
  })
}
