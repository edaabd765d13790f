// Keeps a list at its end while its reader is there, and leaves it alone while they read further up.

/** Close enough to the end to count as the end: fractions of pixels, and a reader who almost got there. */
const NEAR_PX = 32

export class StickyScroll {
  readonly #box: HTMLElement
  readonly #newer: HTMLElement

  /** `newer` is shown when something arrived out of sight; a click on it goes there. */
  constructor(box: HTMLElement, newer: HTMLElement) {
    this.#box = box
    this.#newer = newer
    newer.addEventListener('click', () => {
      this.toEnd()
      box.focus()
    })
    box.addEventListener('scroll', () => {
      if (this.#isAtEnd()) newer.hidden = true
    })
    // The box is lower when the keyboard of a phone opens, or when the composer grows.
    let wasAtEnd = true
    box.addEventListener('scroll', () => (wasAtEnd = this.#isAtEnd()))
    new ResizeObserver(() => wasAtEnd && this.toEnd()).observe(box)
  }

  /** Makes a change to the list. */
  around(change: () => void): void {
    const wasAtEnd = this.#isAtEnd()
    const before = this.#box.scrollHeight
    change()
    if (wasAtEnd) this.toEnd()
    else if (this.#box.scrollHeight > before) this.#newer.hidden = false
  }

  toEnd(): void {
    this.#box.scrollTop = this.#box.scrollHeight
    this.#newer.hidden = true
  }

  #isAtEnd(): boolean {
    const { scrollTop, scrollHeight, clientHeight } = this.#box
    return scrollHeight - scrollTop - clientHeight < NEAR_PX
  }
}
