// The rooms to choose from. The room one is in is the fragment of the URL, so that it can be shared and Back works.
import { byId, create } from './dom.ts'

const ROOMS = ['lobby', 'engineering', 'books', 'coffee']

/** Lists the rooms and calls `enter` with the present one and each one chosen later. */
export function showRooms(enter: (roomId: string) => void): void {
  const list = byId('rooms', HTMLUListElement)
  const form = byId('go', HTMLFormElement)
  const input = byId('go-name', HTMLInputElement)
  const names = new Set(ROOMS)

  const show = (): void => {
    const current = roomFromUrl()
    names.add(current)
    list.replaceChildren(
      ...[...names].map((name) => {
        const link = create('a', { href: `#${encodeURIComponent(name)}` }, name)
        if (name === current) link.ariaCurrent = 'page'
        return create('li', {}, link)
      }),
    )
    enter(current)
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const name = input.value.trim()
    if (name === '') return
    input.value = ''
    location.hash = encodeURIComponent(name)
    byId('text', HTMLTextAreaElement).focus()
  })
  window.addEventListener('hashchange', () => {
    const hadFocus = list.contains(document.activeElement)
    show()
    if (hadFocus) list.querySelector<HTMLElement>('[aria-current]')?.focus()
  })
  show()
}

function roomFromUrl(): string {
  try {
    return decodeURIComponent(location.hash.slice(1)).trim() || ROOMS[0]!
  } catch {
    return ROOMS[0]! // a fragment that somebody typed
  }
}
