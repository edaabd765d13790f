// Where one writes: Enter sends, Shift+Enter begins a line, Escape takes back that one is writing.
import { byId } from './dom.ts'

/** What the composer tells. */
export interface ComposerHandlers {
  readonly send: (text: string) => void
  readonly typed: () => void
  readonly stopped: () => void
}

export function showComposer(handlers: ComposerHandlers): void {
  const form = byId('composer', HTMLFormElement)
  const input = byId('text', HTMLTextAreaElement)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const text = input.value.trim()
    if (text === '') return
    input.value = ''
    handlers.stopped()
    handlers.send(text)
    input.focus()
  })
  input.addEventListener('keydown', (event) => {
    // `isComposing`: Enter chooses a candidate of an input method, it does not send.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault()
      form.requestSubmit()
    } else if (event.key === 'Escape') handlers.stopped()
  })
  input.addEventListener('input', () => (input.value.trim() === '' ? handlers.stopped() : handlers.typed()))
  input.addEventListener('blur', handlers.stopped)
}
