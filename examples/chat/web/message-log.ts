// The messages of a room on the page: those in the room's stream, and below them one's own that are not there yet.
import { avatar } from './avatar.ts'
import { byId, create } from './dom.ts'
import { StickyScroll } from './sticky-scroll.ts'

export interface ChatMessage {
  /** Chosen by the author's page; unique for one author. */
  readonly id: string
  readonly userId: string
  readonly name: string
  readonly text: string
  /** In epoch milliseconds. */
  readonly time: number
}

/** The page keeps this many lines; who wants more asks the server. */
const MAX_LINES = 500
/** Messages of one author within this time stand together under one name. */
const TOGETHER_MS = 300_000

const clockTime = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

export class MessageLog {
  readonly #lines = byId('messages', HTMLOListElement)
  readonly #pendingLines = byId('pending', HTMLOListElement)
  readonly #empty = byId('empty', HTMLElement)
  readonly #scroll = new StickyScroll(byId('log', HTMLElement), byId('newer', HTMLButtonElement))
  readonly #pending = new Map<string, HTMLElement>()
  readonly #shown = new Set<string>()
  readonly #isOwn: (userId: string) => boolean
  #last: ChatMessage | undefined

  /** `isOwn` tells whose messages stand on the right. */
  constructor(isOwn: (userId: string) => boolean) {
    this.#isOwn = isOwn
  }

  /** Begins a room. `emptyText` shows as long as there is nothing else. */
  clear(emptyText: string): void {
    this.#lines.replaceChildren()
    this.#pendingLines.replaceChildren()
    this.#pending.clear()
    this.#shown.clear()
    this.#last = undefined
    this.#empty.textContent = emptyText
    this.#empty.hidden = false
    this.#scroll.toEnd()
  }

  /**
   * Shows a message that is in the stream; one's own pending message with this id becomes it. A message that its author
   * sent again, not knowing that the first attempt had succeeded, is shown once.
   */
  add(message: ChatMessage): void {
    const key = `${message.userId} ${message.id}`
    if (this.#shown.has(key)) return
    this.#shown.add(key)
    const isOwn = this.#isOwn(message.userId)
    this.#change(() => {
      if (isOwn) this.#takePending(message.id)
      this.#lines.append(this.#line(message, isOwn))
      this.#last = message
    })
  }

  /** Shows one's own message at once, as on its way. */
  addPending(message: ChatMessage): void {
    this.#takePending(message.id)
    const line = this.#line(message, true)
    line.classList.add('pending')
    line.append(create('p', { class: 'fate' }, 'Sending …'))
    this.#pending.set(message.id, line)
    this.#change(() => this.#pendingLines.append(line))
    this.#scroll.toEnd()
  }

  /** A pending message did not make it. */
  fail(id: string, reason: string, retry: () => void): void {
    const line = this.#pending.get(id)
    if (!line) return
    const button = create('button', { type: 'button' }, 'Try again')
    button.addEventListener('click', retry)
    this.#change(() => {
      line.classList.replace('pending', 'failed')
      line.querySelector('.fate')?.replaceChildren(`Not sent: ${reason} `, button)
    })
  }

  /** Shows a line that nobody wrote. */
  addNotice(text: string, tone: 'plain' | 'good' | 'warn' = 'plain'): void {
    this.#change(() => {
      this.#lines.append(create('li', { class: `notice ${tone}` }, create('span', {}, text)))
      this.#last = undefined
    })
  }

  #takePending(id: string): void {
    this.#pending.get(id)?.remove()
    this.#pending.delete(id)
  }

  #change(change: () => void): void {
    this.#scroll.around(() => {
      this.#empty.hidden = true
      change()
      while (this.#lines.childElementCount > MAX_LINES) this.#lines.firstElementChild?.remove()
      for (const key of this.#shown) {
        if (this.#shown.size <= MAX_LINES) break
        this.#shown.delete(key)
      }
    })
  }

  #line(message: ChatMessage, isOwn: boolean): HTMLLIElement {
    const { userId, name, text, time } = message
    const line = create('li', { class: 'message' })
    line.classList.toggle('own', isOwn)
    line.classList.toggle('follows', this.#followsLast(message))
    const date = new Date(time)
    line.append(
      create(
        'p',
        { class: 'byline' },
        ...(isOwn ? [create('span', { class: 'hidden' }, `${name} `)] : [create('b', {}, name), ' ']),
        create('time', { datetime: date.toISOString() }, clockTime.format(date)),
      ),
      avatar(userId, name),
      create('p', { class: 'text' }, text),
    )
    return line
  }

  #followsLast({ userId, name, time }: ChatMessage): boolean {
    const last = this.#last
    return last?.userId === userId && last.name === name && time - last.time < TOGETHER_MS
  }
}
