// The header fields of a handshake by name, as they came: neither joined nor dropped.
import { isFieldValue, isToken } from './header-grammar.ts'

const NONE: readonly string[] = []

/** Fields by lower-case name, of which none means anything to the object that holds them, such as `__proto__`. */
export class Fields {
  /** The first value of each. */
  readonly #values = new Map<string, string>()
  /** All values of those that came more than once, which hardly any does. */
  #repeated: Map<string, string[]> | undefined

  /** Reads names and values in turn, as in `IncomingMessage.rawHeaders`; undefined if one is malformed. */
  static read(rawHeaders: readonly string[]): Fields | undefined {
    const fields = new Fields()
    for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
      const name = rawHeaders[index]!
      const value = rawHeaders[index + 1]!
      if (!isToken(name) || !isFieldValue(value)) return undefined
      fields.#add(name.toLowerCase(), value)
    }
    return fields
  }

  has(name: string): boolean {
    return this.#values.has(name)
  }

  /** The value of a field that came exactly once. */
  single(name: string): string | undefined {
    return this.#repeated?.has(name) ? undefined : this.#values.get(name)
  }

  /** The values of a field in the order in which they came; empty if it did not. */
  all(name: string): readonly string[] {
    const value = this.#values.get(name)
    return value === undefined ? NONE : (this.#repeated?.get(name) ?? [value])
  }

  #add(name: string, value: string): void {
    const first = this.#values.get(name)
    if (first === undefined) {
      this.#values.set(name, value)
      return
    }
    const repeated = (this.#repeated ??= new Map<string, string[]>())
    const values = repeated.get(name)
    if (values === undefined) repeated.set(name, [first, value])
    else values.push(value)
  }
}
