// Patterns such as `chat:{roomId}`: their grammar, which names they match, and when two of them collide.
import { decodeSegment, splitPattern, type Segment } from './room-name.ts'

const LITERAL = /^[A-Za-z0-9._~-]+$/

/** The values that a pattern finds in a name; strings, since types are the schema's business. */
export type MatchedParams = Readonly<Record<string, string>>

/** A pattern that has been checked. */
export class ChannelPattern {
  readonly source: string
  readonly segments: readonly Segment[]
  readonly params: readonly string[]

  /** @throws {TypeError} if the pattern is not segments joined by `:`, each a literal or one whole `{param}`. */
  constructor(source: string) {
    this.source = source
    this.segments = splitPattern(source)
    this.params = this.segments.flatMap((segment) => ('param' in segment ? [segment.param] : []))
    for (const segment of this.segments) {
      if ('literal' in segment && !LITERAL.test(segment.literal)) {
        throw new TypeError(
          `The channel pattern "${source}" is not valid: "${segment.literal}" must be one or more of A–Z a–z 0–9 . _ ~ - or one whole {param}.`,
        )
      }
    }
    const twice = this.params.find((param, index) => this.params.indexOf(param) !== index)
    if (twice !== undefined) throw new TypeError(`The channel pattern "${source}" uses {${twice}} twice.`)
  }

  /** The parameters in `parts`, a name split at `:`, or `undefined` if the name is not of this channel. */
  match(parts: readonly string[]): MatchedParams | undefined {
    if (parts.length !== this.segments.length) return undefined
    const params: Record<string, string> = Object.create(null) as Record<string, string>
    for (const [index, segment] of this.segments.entries()) {
      const part = parts[index]!
      if ('literal' in segment) {
        if (part !== segment.literal) return undefined
      } else {
        const value = decodeSegment(part)
        if (value === undefined) return undefined
        params[segment.param] = value
      }
    }
    return params
  }

  /** Whether some name matches both patterns. */
  overlaps(other: ChannelPattern): boolean {
    if (this.segments.length !== other.segments.length) return false
    return this.segments.every((segment, index) => {
      const twin = other.segments[index]!
      return 'param' in segment || 'param' in twin || segment.literal === twin.literal
    })
  }
}

/** The parameters of a pattern, found by the compiler: `'chat:{roomId}'` has `{ roomId: ParamInput }`. */
export type PatternParams<Pattern extends string> = { readonly [Name in ParamName<Pattern>]: ParamInput }

/** What may be given for a parameter without a schema. */
export type ParamInput = string | number | bigint | boolean

type ParamName<Pattern extends string> = Pattern extends `${infer Head}:${infer Tail}`
  ? ParamOfSegment<Head> | ParamName<Tail>
  : ParamOfSegment<Pattern>

type ParamOfSegment<Segment extends string> = Segment extends `{${infer Name}}` ? Name : never
