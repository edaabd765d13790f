// How the connection is, always in sight; and the button that cuts it.
import type { Client } from '@roomcast/client'
import type { ChatContract } from '../contract.ts'
import type { Cable } from './cable.ts'
import { byId } from './dom.ts'

const CUT_MS = 5000

/** Shows the state of the client for as long as the page lives. */
export function showConnection(client: Client<ChatContract>): void {
  const box = byId('connection', HTMLElement)
  const text = byId('connection-text', HTMLElement)
  const countdown = byId('connection-countdown', HTMLElement)
  const again = byId('connect-again', HTMLButtonElement)
  const status = client.watch(() => client.status)
  let ticking: ReturnType<typeof setInterval> | undefined

  const show = (): void => {
    const { state, attempt, nextAttemptAt, error } = status.getSnapshot()
    box.dataset['state'] = state
    again.hidden = state !== 'disconnected'
    countdown.textContent = nextAttemptAt === undefined ? '' : ` in ${secondsUntil(nextAttemptAt)} s`
    const label = { connected: 'Connected', connecting: 'Connecting', disconnected: 'Disconnected' }[state]
    const words = state === 'connecting' && attempt > 0 ? 'Reconnecting' : label
    // Said again only if it is different, or a screen reader would repeat it every second.
    if (text.textContent !== words) text.textContent = words
    box.title = error?.message ?? ''
    clearInterval(ticking)
    if (nextAttemptAt !== undefined) ticking = setInterval(show, 250)
  }
  status.subscribe(show)
  again.addEventListener('click', () => client.connect())
  show()
}

/** Lets the visitor pull the cable. It goes back in by itself. */
export function showCable(cable: Cable): void {
  const button = byId('cut', HTMLButtonElement)
  const label = button.textContent
  button.addEventListener('click', () => {
    if (button.ariaDisabled === 'true') return
    // Not `disabled`, which would take the keyboard's focus away.
    button.ariaDisabled = 'true'
    cable.cut(CUT_MS)
    const backAt = Date.now() + CUT_MS
    const show = (): void => {
      const isBack = Date.now() >= backAt
      button.textContent = isBack ? label : `Cable out: ${secondsUntil(backAt)} s`
      if (!isBack) return
      button.ariaDisabled = null
      clearInterval(ticking)
    }
    const ticking = setInterval(show, 250)
    show()
  })
}

const secondsUntil = (time: number): number => Math.max(0, Math.ceil((time - Date.now()) / 1000))
