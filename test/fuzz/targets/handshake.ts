// What the opening handshake says, in both roles and over both versions of HTTP: any fields are accepted for good
// reasons or refused with a status, and never throw.
import { isIP } from 'node:net'
import { originationOf } from '../../../packages/server/src/websocket/handshake/forwarded.ts'
import { isHostAllowed } from '../../../packages/server/src/websocket/handshake/host-policy.ts'
import { TrustedProxies } from '../../../packages/server/src/websocket/handshake/trusted-proxies.ts'
import { isOriginAllowed } from '../../../packages/server/src/websocket/handshake/origin-policy.ts'
import { readConnectHandshake } from '../../../packages/server/src/websocket/protocol/connect-handshake.ts'
import { readHandshake, type Handshake } from '../../../packages/server/src/websocket/protocol/handshake.ts'
import { readHandshakeResponse } from '../../../packages/server/src/websocket/protocol/handshake-response.ts'
import type { SeededRandom } from '../../simulation/random.ts'
import { ByteReader, writeBlock } from '../byte-reader.ts'
import {
  changeFields,
  writeExtensions,
  writeForwarded,
  writeList,
  writeRequestFields,
} from '../grammar/headers.ts'
import { mutate } from '../mutate.ts'
import { must, type Depth, type FuzzTarget } from '../target.ts'

const LIMITS = { maxHeaderBytes: 16 * 1024, maxHeaders: 100 }
const REFUSALS = [400, 403, 405, 426, 431, 501]
const ACCEPT = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='

/** The first byte of an input chooses the reader. */
interface Kind {
  /** The fields of such an input, as texts. */
  readonly write: (random: SeededRandom) => readonly string[]
  readonly read: (reader: ByteReader) => Depth[]
}

/** The first byte of an input chooses what it is. */
const KINDS: readonly Kind[] = [
  { write: (random) => [...requestLine(random), ...writeRequestFields(random).flat()], read: readRequest },
  { write: (random) => connectFields(random).flat(), read: readConnect },
  { write: (random) => responseFields(random).flat(), read: readResponse },
  { write: (random) => forwardedFields(random).flat(), read: readForwarded },
]

export const handshakeTarget: FuzzTarget = {
  name: 'handshake',

  generate(random) {
    const kind = random.int(0, KINDS.length - 1)
    const blocks = KINDS[kind]!.write(random).map(writeBlock)
    const input = Buffer.concat([Buffer.of(kind), ...blocks])
    if (random.chance(0.75)) return input
    return mutate(
      random,
      input,
      blocks.map((_, index) => boundary(blocks, index)),
    )
  },

  execute(input) {
    const reader = new ByteReader(input)
    return KINDS[reader.byte() % KINDS.length]!.read(reader)
  },
}

function boundary(blocks: readonly Buffer[], index: number): number {
  return 1 + blocks.slice(0, index).reduce((sum, { length }) => sum + length, 0)
}

function requestLine(random: SeededRandom): string[] {
  const target = random.chance(0.8)
    ? '/'
    : random.pick(['http://example.com/', 'ws://x', '/#a', '*', '', 'x:y', '//'])
  return [random.chance(0.95) ? 'GET' : 'POST', random.chance(0.95) ? '1.1' : '1.0', target]
}

function connectFields(random: SeededRandom): (readonly [string, string])[] {
  const pseudo: (readonly [string, string])[] = [
    [':method', 'CONNECT'],
    [':protocol', 'websocket'],
    [':scheme', 'https'],
    [':path', '/'],
    [':authority', 'example.com'],
  ]
  const rest = writeRequestFields(random).filter(
    ([name]) => !['Host', 'Upgrade', 'Connection', 'Sec-WebSocket-Key'].includes(name),
  )
  return [...(random.chance(0.7) ? pseudo : changeFields(random, pseudo)), ...rest]
}

function responseFields(random: SeededRandom): (readonly [string, string])[] {
  const fields: (readonly [string, string])[] = [
    ['Upgrade', 'websocket'],
    ['Connection', 'Upgrade'],
    ['Sec-WebSocket-Accept', ACCEPT],
  ]
  if (random.chance(0.5))
    fields.push(['Sec-WebSocket-Protocol', random.pick(['a', 'b', '__proto__', writeList(random)])])
  if (random.chance(0.5)) fields.push(['Sec-WebSocket-Extensions', writeExtensions(random)])
  return changeFields(random, fields)
}

function forwardedFields(random: SeededRandom): (readonly [string, string])[] {
  return Array.from({ length: random.int(1, 4) }, () => writeForwarded(random))
}

function readFields(reader: ByteReader): string[] {
  const fields: string[] = []
  while (!reader.isAtEnd) fields.push(reader.text(), reader.text())
  return fields
}

function readRequest(reader: ByteReader): Depth[] {
  const [method, httpVersion, target] = [reader.text(), reader.text(), reader.text()]
  const rawHeaders = readFields(reader)
  const result = readHandshake({ method, httpVersion, target, rawHeaders }, LIMITS)
  if ('status' in result) return refused(result.status)
  must(method === 'GET' && httpVersion === '1.1', 'accepted what is no GET of HTTP/1.1')
  for (const name of ['host', 'upgrade', 'sec-websocket-key', 'sec-websocket-version']) {
    must(valuesOf(rawHeaders, name).length === 1, 'accepted without exactly one', () => name)
  }
  must(
    Buffer.from(result.key, 'base64').length === 16,
    'accepted a key that is not 16 bytes',
    () => result.key,
  )
  checkFields([target])
  return accepted('request', rawHeaders, result)
}

function readConnect(reader: ByteReader): Depth[] {
  const rawHeaders = readFields(reader)
  const result = readConnectHandshake({ rawHeaders, isEnded: false }, LIMITS)
  if ('status' in result) return refused(result.status)
  must(valuesOf(rawHeaders, ':protocol').at(-1) === 'websocket', 'accepted another protocol')
  checkFields(valuesOf(rawHeaders, ':path').slice(-1))
  // Other pseudo-header fields than ours, and any that come twice, are refused by Node (attack A3) and not read here.
  const isPseudo = (index: number): boolean => rawHeaders[index - (index % 2)]!.startsWith(':')
  return accepted(
    'CONNECT',
    rawHeaders.filter((_, index) => !isPseudo(index)),
    result,
  )
}

function readResponse(reader: ByteReader): Depth[] {
  const rawHeaders = readFields(reader)
  const subprotocols = ['a', 'b']
  const result = readHandshakeResponse({ status: 101, rawHeaders }, { accept: ACCEPT, subprotocols })
  if (typeof result === 'string') return ['refused response']
  must(valuesOf(rawHeaders, 'sec-websocket-accept').join() === ACCEPT, 'took an answer to another key')
  const { subprotocol } = result
  must(subprotocol === undefined || subprotocols.includes(subprotocol), 'took what was not offered')
  checkFields(rawHeaders)
  return ['accepted response', ...(result.extensions.length > 0 ? ['extensions'] : [])]
}

function accepted(
  kind: string,
  rawHeaders: readonly string[],
  { host, origin, subprotocols, extensions }: Handshake,
): Depth[] {
  checkFields(rawHeaders)
  must(rawHeaders.length <= 2 * LIMITS.maxHeaders, 'accepted too many fields')
  must(
    host !== '' && ![...host].some((character) => ' ,/@?#\\'.includes(character)),
    'accepted a host',
    () => host,
  )
  must(new Set(subprotocols).size === subprotocols.length, 'accepted a subprotocol twice')
  must(
    subprotocols.every((name) => name !== '' && !/[^!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(name)),
    'a subprotocol is no token',
  )
  isOriginAllowed({ origin, host, isSecure: true }, 'same-origin')
  isOriginAllowed({ origin, host, isSecure: false }, ['https://example.com'])
  const depths: Depth[] = [`accepted ${kind}`]
  if (subprotocols.length > 0) depths.push('subprotocols')
  if (extensions.length > 0) depths.push('extensions')
  return depths
}

/** What one reader takes for the end of a line and another does not must not get through (A3). */
function checkFields(rawHeaders: readonly string[]): void {
  for (const text of rawHeaders) {
    must(![...text].some(isControl), 'accepted a control character', () => JSON.stringify(text))
  }
}

function isControl(character: string): boolean {
  return (character < ' ' && character !== '\t') || character === '\x7f'
}

const NOBODY = new TrustedProxies([])
const SOME = new TrustedProxies(['loopback', '10.0.0.0/8', '2001:db8::/32'])
const SOCKET = { remoteAddress: '127.0.0.1', host: 'example.com', isSecure: false }

/** What proxies say: believed only if they are trusted, and then it is an address, or nothing. */
function readForwarded(reader: ByteReader): Depth[] {
  const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>
  while (!reader.isAtEnd) (headers[reader.text().toLowerCase()] ??= []).push(reader.text())
  must(originationOf(SOCKET, headers, NOBODY) === SOCKET, 'believed a stranger')
  const { remoteAddress, host } = originationOf(SOCKET, headers, SOME)
  must(remoteAddress !== undefined && isIP(remoteAddress) !== 0, 'an address is none', () =>
    String(remoteAddress),
  )
  isHostAllowed(host, ['example.com', 'example.com:8443'])
  if (remoteAddress === SOCKET.remoteAddress) return ['forwarded, not believed']
  const said = headers['x-forwarded-for']?.join().toLowerCase() ?? ''
  must(
    said.includes(remoteAddress.toLowerCase().slice(-4)),
    'an address that nobody said',
    () => remoteAddress,
  )
  return ['forwarded, believed']
}

function refused(status: number): Depth[] {
  must(REFUSALS.includes(status), 'an unknown status', () => String(status))
  return [`refused ${status}`]
}

function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === name)
}
