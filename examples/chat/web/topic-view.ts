// What the room is about: a button that shows it, and turns into a field to change it.
import { byId } from './dom.ts'

export class TopicView {
  readonly #button = byId('topic', HTMLButtonElement)
  readonly #form = byId('topic-form', HTMLFormElement)
  readonly #input = byId('topic-input', HTMLInputElement)
  #topic = ''

  /** `change` is called with the topic that the visitor entered. */
  constructor(change: (topic: string) => void) {
    this.#button.addEventListener('click', () => this.#edit())
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      const topic = this.#input.value.trim()
      this.#leave()
      change(topic)
    })
    this.#form.addEventListener('keydown', ({ key }) => key === 'Escape' && this.#leave())
    this.show('')
  }

  show(topic: string): void {
    this.#topic = topic
    this.#button.textContent = topic === '' ? 'Add a topic' : topic
    this.#button.title = 'Change the topic'
  }

  #edit(): void {
    this.#input.value = this.#topic
    this.#form.hidden = false
    this.#button.hidden = true
    this.#input.select()
  }

  #leave(): void {
    this.#form.hidden = true
    this.#button.hidden = false
    this.#button.focus()
  }
}
