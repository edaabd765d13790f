// What the longest headers cost that a client may send: little, and in proportion to their length (A6).
import { expect, it } from 'vitest'
import { parseExtensions } from '../protocol/extension-header.ts'
import { isFieldValue, isToken, listHas } from '../protocol/header-grammar.ts'
import { isHost, readHandshake } from '../protocol/handshake.ts'
import { parseSubprotocols } from '../protocol/subprotocol-header.ts'
import { DEFAULT_WEBSOCKET_LIMITS } from '../websocket-limits.ts'
import { originationOf } from './forwarded.ts'
import { isHostAllowed } from './host-policy.ts'
import { isOriginAllowed } from './origin-policy.ts'
import { TrustedProxies } from './trusted-proxies.ts'

const KIB_16 = 16 * 1024
const fill = (piece: string, length: number): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length)
const numbered = (length: number): string => {
  let text = 'a'
  for (let index = 0; text.length < length; index++) text += `,a${index}`
  return text
}

const proxies = new TrustedProxies(['loopback', '10.0.0.0/8', '2001:db8::/32'])
const forward = (name: string) => (value: string) =>
  originationOf({ remoteAddress: '127.0.0.1', host: 'a', isSecure: false }, { [name]: value }, proxies)
const readWith = (name: string) => (value: string) =>
  readHandshake(
    {
      method: 'GET',
      httpVersion: '1.1',
      target: '/',
      rawHeaders: ['Host', 'a', 'Upgrade', 'websocket', 'Connection', 'upgrade', name, value],
    },
    { ...DEFAULT_WEBSOCKET_LIMITS, maxHeaderBytes: Infinity },
  )

const PIECES = [
  ' ',
  '\t ',
  ',',
  ', ',
  'a,',
  ' a ,',
  ';',
  'a;',
  'a=b;',
  '"',
  '\\"',
  'a="\\',
  '=',
  'a',
  '\x85',
  'é',
  '[',
  ':',
  '.',
  '10.0.0.1,',
  '1:',
]
const PARSERS: Record<string, (value: string) => unknown> = {
  isFieldValue,
  isToken,
  isHost,
  listHas: (value) => listHas([value], 'upgrade'),
  parseExtensions: (value) => parseExtensions([value]),
  'parseExtensions, in quotes': (value) => parseExtensions([`a;b="${value}`]),
  parseSubprotocols: (value) => parseSubprotocols([value]),
  isHostAllowed: (value) => isHostAllowed(value, ['good.com', 'good.com:1']),
  isOriginAllowed: (value) =>
    isOriginAllowed({ origin: `https://${value}`, host: value, isSecure: true }, 'same-origin'),
  'X-Forwarded-For': forward('x-forwarded-for'),
  'X-Forwarded-Proto': forward('x-forwarded-proto'),
  'X-Forwarded-Host': forward('x-forwarded-host'),
  'readHandshake, any header': readWith('X-Any'),
  'readHandshake, Connection': readWith('Connection'),
  'readHandshake, Sec-WebSocket-Key': readWith('Sec-WebSocket-Key'),
}

/** The best of some runs in milliseconds, up to one that is good enough: what it costs when nothing else is in the way. */
function cost(parse: (value: string) => unknown, value: string, enoughMs: number): number {
  let best = Infinity
  for (let run = 0; run < 100 && (run < 5 || best >= enoughMs); run++) {
    const begin = performance.now()
    parse(value)
    best = Math.min(best, performance.now() - begin)
  }
  return best
}

it.each(Object.entries(PARSERS))(
  'A6: %s takes 5 ms at most for 16 KiB of anything, and grows linearly',
  (_, parse) => {
    for (const make of [...PIECES.map((piece) => (length: number) => fill(piece, length)), numbered]) {
      const once = cost(parse, make(KIB_16), 5)
      expect(once).toBeLessThan(5)
      // What is quadratic would take 64 times as long; of what takes next to nothing, only noise could be measured.
      const limitMs = Math.max(10, 32 * once)
      expect(cost(parse, make(8 * KIB_16), limitMs)).toBeLessThan(limitMs)
    }
  },
)
