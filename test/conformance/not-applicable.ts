// The one table of cells in which an item has no meaning, each with its reason. Whatever is not here is tested.
import { CHOPPINGS, type Chopping } from './chopping.ts'
import { TRANSPORTS, type TransportName } from './host.ts'

/** A block of cells. */
export interface Exclusion {
  /** Numbers and ranges, such as `1-3, 7`. */
  readonly items: string
  readonly transports: readonly TransportName[]
  readonly choppings: readonly Chopping[]
  readonly reason: string
}

const H1: readonly TransportName[] = ['h1', 'tls']
const H2: readonly TransportName[] = ['h2']
const NOT_WHOLE = CHOPPINGS.filter((chopping) => chopping !== 'whole')

/** The blocks. No cell is in two of them. */
export const EXCLUSIONS: readonly Exclusion[] = [
  {
    items: '1-14, 16, 18-20, 22, 29, 33-36',
    transports: H2,
    choppings: CHOPPINGS,
    reason:
      'About the request line, the fields, the answer and the bare connection of HTTP/1.1. An extended CONNECT has ' +
      'none of them; what takes their place is in 149-157.',
  },
  {
    items: '15, 17, 21, 23-28, 30, 32, 37-44, 121-135',
    transports: H2,
    choppings: NOT_WHOLE,
    reason:
      'The request is the whole input here, and HTTP/2 frames it itself: a stream begins when it is complete.',
  },
  {
    items: '149-168',
    transports: H1,
    choppings: CHOPPINGS,
    reason: 'RFC 8441 is about HTTP/2 only.',
  },
  {
    items: '149-157, 164, 166-168',
    transports: H2,
    choppings: NOT_WHOLE,
    reason:
      'About settings, requests and sessions, which HTTP/2 frames itself: no bytes of a WebSocket are sent.',
  },
]

/** The numbers that a list of numbers and ranges names. */
export function numbersIn(list: string): readonly number[] {
  return list.split(',').flatMap((part) => {
    const [from = NaN, to = from] = part.split('-').map(Number)
    return Array.from({ length: to - from + 1 }, (_, index) => from + index)
  })
}

/** Why a cell has no meaning; undefined if it has. */
export function reasonAgainst(
  number: number,
  transport: TransportName,
  chopping: Chopping,
): string | undefined {
  return EXCLUSIONS.find(
    ({ items, transports, choppings }) =>
      transports.includes(transport) && choppings.includes(chopping) && numbersIn(items).includes(number),
  )?.reason
}

/** How many cells have no meaning. */
export function countNotApplicable(): number {
  return EXCLUSIONS.reduce(
    (sum, { items, transports, choppings }) =>
      sum + numbersIn(items).length * transports.length * choppings.length,
    0,
  )
}

/** Every way of arriving over every transport. */
export const PLACES = TRANSPORTS.flatMap((transport) =>
  CHOPPINGS.map((chopping) => ({ transport, chopping })),
)
