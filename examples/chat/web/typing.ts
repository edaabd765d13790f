// Who is writing. Signals may get lost, so what was heard is forgotten by itself.

/** A writer repeats itself this often, at most. */
const REPEAT_MS = 3000
/** Longer than the pause between two repetitions, with room for a slow network. */
const FORGET_MS = 5000

/** Tells the others that this visitor writes. */
export class TypingSender {
  readonly #send: (on: boolean) => void
  #lastSentAt = -Infinity

  constructor(send: (on: boolean) => void) {
    this.#send = send
  }

  typed(): void {
    const now = performance.now()
    if (now - this.#lastSentAt < REPEAT_MS) return
    this.#lastSentAt = now
    this.#send(true)
  }

  stopped(): void {
    if (this.#lastSentAt === -Infinity) return
    this.#lastSentAt = -Infinity
    this.#send(false)
  }
}

/** Remembers who was heard writing, for a moment. */
export class Typists {
  readonly #show: (names: readonly string[]) => void
  readonly #typists = new Map<
    string,
    { readonly name: string; readonly timer: ReturnType<typeof setTimeout> }
  >()

  constructor(show: (names: readonly string[]) => void) {
    this.#show = show
  }

  heard(userId: string, name: string): void {
    this.#forget(userId)
    const timer = setTimeout(() => this.stopped(userId), FORGET_MS)
    this.#typists.set(userId, { name, timer })
    this.#changed()
  }

  stopped(userId: string): void {
    this.#forget(userId)
    this.#changed()
  }

  clear(): void {
    for (const userId of [...this.#typists.keys()]) this.#forget(userId)
    this.#changed()
  }

  #forget(userId: string): void {
    clearTimeout(this.#typists.get(userId)?.timer)
    this.#typists.delete(userId)
  }

  #changed(): void {
    this.#show([...this.#typists.values()].map(({ name }) => name))
  }
}

/** `Ada is writing …`, or nothing. */
export function describeTypists(names: readonly string[]): string {
  const [first, second] = names
  if (first === undefined) return ''
  if (second === undefined) return `${first} is writing …`
  return names.length === 2 ? `${first} and ${second} are writing …` : `${names.length} people are writing …`
}
