// A round picture of a user: initials on a colour that is the user's own.
import { create } from './dom.ts'

/** As many as style.css has classes for. */
const HUES = 8

export function avatar(userId: string, name: string): HTMLElement {
  return create('span', { class: `avatar hue-${hueOf(userId)}`, 'aria-hidden': 'true' }, initials(name))
}

/** The same for everybody, and kept when the name changes. */
function hueOf(userId: string): number {
  let sum = 0
  for (const character of userId) sum = (sum * 31 + character.codePointAt(0)!) % 65_521
  return sum % HUES
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const chosen = words.length > 1 ? [words[0]!, words.at(-1)!] : words
  // Spread, because the first character may be two UTF-16 units.
  return chosen
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase()
}
