// Who sits in front of this page: a name, and a secret that makes a reload the same user.
import { byId } from './dom.ts'

export interface Visitor {
  /** Sent as the token. A real application would get a signed token from its login instead. */
  readonly secret: string
  readonly name: string
}

const KEY = 'roomcast-chat'

/** The visitor of the last time, if any. */
export function rememberVisitor(): Visitor | undefined {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null')
    return isVisitor(stored) ? stored : undefined
  } catch {
    return undefined // what is stored is not ours
  }
}

/** Asks for a name; without a known visitor the question cannot be dismissed. */
export function askVisitor(known?: Visitor): Promise<Visitor> {
  const dialog = byId('welcome', HTMLDialogElement)
  const form = byId('welcome-form', HTMLFormElement)
  const input = byId('name', HTMLInputElement)
  input.value = known?.name ?? ''
  dialog.showModal()
  input.select()
  return new Promise((resolve) => {
    const stop = new AbortController()
    const finish = (visitor: Visitor): void => {
      stop.abort()
      dialog.close()
      localStorage.setItem(KEY, JSON.stringify(visitor))
      resolve(visitor)
    }
    form.addEventListener(
      'submit',
      (event) => {
        event.preventDefault()
        const name = input.value.trim()
        if (name !== '') finish({ secret: known?.secret ?? randomSecret(), name })
      },
      stop,
    )
    dialog.addEventListener(
      'cancel',
      (event) => {
        event.preventDefault()
        if (known) finish(known)
      },
      stop,
    )
  })
}

/** `crypto.randomUUID` exists on https and localhost only; people try a demo at other addresses too. */
function randomSecret(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}

function isVisitor(value: unknown): value is Visitor {
  return (
    typeof value === 'object' &&
    value !== null &&
    'secret' in value &&
    typeof value.secret === 'string' &&
    'name' in value &&
    typeof value.name === 'string'
  )
}
