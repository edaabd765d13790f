// From a room's name to its channel and parameters.
import { ChannelPattern, type ChannelDefinition, type Contract } from '@roomcast/protocol'
import { formatRoomName } from '@roomcast/protocol/wire'
import { safeParse } from 'zod'
import { Generations } from '../util/generations.ts'

/** A room's name, understood. */
export interface Route {
  readonly room: string
  readonly pattern: string
  readonly definition: ChannelDefinition
  readonly params: Readonly<Record<string, unknown>>
}

interface Entry {
  readonly pattern: ChannelPattern
  readonly definition: ChannelDefinition
}

/** How many routes are kept. Each is some hundred bytes, and rooms in use are asked for again and again. */
export const MAX_KNOWN_ROUTES = 10_000

/**
 * Finds the channel of a room, and remembers it: a name has one route for ever. Patterns of one contract cannot match the
 * same name, so their order does not matter; they are looked up by their number of segments.
 */
export class ChannelRouter {
  readonly #bySegments = new Map<number, Entry[]>()
  readonly #known = new Generations<Route>(MAX_KNOWN_ROUTES)

  constructor(contract: Contract) {
    for (const [source, definition] of Object.entries(contract.channels)) {
      const pattern = new ChannelPattern(source)
      const entries = this.#bySegments.get(pattern.segments.length) ?? []
      entries.push({ pattern, definition })
      this.#bySegments.set(pattern.segments.length, entries)
    }
  }

  /**
   * The route of a room, or `undefined` if no channel matches, the parameters do not satisfy their schema, or the name
   * is not the one that the parsed parameters give: otherwise `num:042` and `num:42` would be two rooms with one
   * authorization.
   */
  route(room: string): Route | undefined {
    const known = this.#known.get(room)
    if (known) return known
    const route = this.#find(room)
    if (route && isConstant(route)) this.#known.set(room, route)
    return route
  }

  #find(room: string): Route | undefined {
    const parts = room.split(':')
    for (const { pattern, definition } of this.#bySegments.get(parts.length) ?? []) {
      const matched = pattern.match(parts)
      if (!matched) continue
      const params = definition.params ? safeParse(definition.params, matched).data : matched
      if (!params || !isNamedBy(room, pattern.source, params)) return undefined
      return { room, pattern: pattern.source, definition, params: Object.freeze(params) }
    }
    return undefined
  }
}

/** Whether no handler can change the parameters for the next: they are frozen, but a `Date` is not. */
function isConstant({ params }: Route): boolean {
  return Object.values(params).every((value) => typeof value !== 'object' && typeof value !== 'function')
}

function isNamedBy(room: string, pattern: string, params: Readonly<Record<string, unknown>>): boolean {
  try {
    return formatRoomName(pattern, params) === room
  } catch {
    return false // a parsed parameter that no name can hold
  }
}
