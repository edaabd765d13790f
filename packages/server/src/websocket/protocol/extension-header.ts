// The grammar of Sec-WebSocket-Extensions (RFC 6455 §9.1). It does not know what any extension means.
import { isToken, isTokenCharacter, isWhitespace } from './header-grammar.ts'

/** One offer. Parameters are pairs, not an object, since a peer chooses their names and may repeat them. */
export interface ExtensionOffer {
  readonly name: string
  readonly parameters: readonly ExtensionParameter[]
}

export interface ExtensionParameter {
  readonly name: string
  /** Undefined if the parameter has no value. A quoted value is given without quotes. */
  readonly value: string | undefined
}

/** The offers over all fields of that name, in order; undefined if one breaks the grammar. */
export function parseExtensions(fields: readonly string[]): readonly ExtensionOffer[] | undefined {
  const offers: ExtensionOffer[] = []
  for (const field of fields) {
    const scanner = new Scanner(field)
    do {
      const offer = parseOffer(scanner)
      if (offer === undefined) return undefined
      offers.push(offer)
    } while (scanner.skip(','))
    if (!scanner.isAtEnd) return undefined
  }
  return offers
}

/** One extension as it stands in the header. Names and values must be tokens. */
export function formatExtension(name: string, parameters: readonly ExtensionParameter[]): string {
  const pairs = parameters.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`))
  return [name, ...pairs].join('; ')
}

function parseOffer(scanner: Scanner): ExtensionOffer | undefined {
  const name = scanner.token()
  if (name === undefined) return undefined
  const parameters: ExtensionParameter[] = []
  while (scanner.skip(';')) {
    const parameter = parseParameter(scanner)
    if (parameter === undefined) return undefined
    parameters.push(parameter)
  }
  return { name, parameters }
}

function parseParameter(scanner: Scanner): ExtensionParameter | undefined {
  const name = scanner.token()
  if (name === undefined) return undefined
  if (!scanner.skip('=')) return { name, value: undefined }
  const value = scanner.token() ?? scanner.quotedToken()
  return value === undefined ? undefined : { name, value }
}

/** Moves over one field. White space around what it reads is skipped. */
class Scanner {
  readonly #text: string
  #index = 0

  constructor(text: string) {
    this.#text = text
    this.#skipWhitespace()
  }

  get isAtEnd(): boolean {
    return this.#index >= this.#text.length
  }

  skip(separator: ',' | ';' | '='): boolean {
    if (this.#text[this.#index] !== separator) return false
    this.#index++
    this.#skipWhitespace()
    return true
  }

  token(): string | undefined {
    const start = this.#index
    while (isTokenCharacter(this.#text.charCodeAt(this.#index))) this.#index++
    const token = this.#text.slice(start, this.#index)
    this.#skipWhitespace()
    return token === '' ? undefined : token
  }

  /** §9.1: the value in quotes must be a token once it is unescaped. */
  quotedToken(): string | undefined {
    if (this.#text[this.#index] !== '"') return undefined
    let value = ''
    for (this.#index++; this.#index < this.#text.length; this.#index++) {
      const character = this.#text[this.#index]
      if (character === '"') {
        this.#index++
        this.#skipWhitespace()
        return isToken(value) ? value : undefined
      }
      if (character === '\\') this.#index++
      value += this.#text[this.#index] ?? ''
    }
    return undefined
  }

  #skipWhitespace(): void {
    while (isWhitespace(this.#text.charCodeAt(this.#index))) this.#index++
  }
}
