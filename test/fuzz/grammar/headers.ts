// Header fields that go deep, and values that readers disagree about.
import type { SeededRandom } from '../../simulation/random.ts'

/** Names that mean something to a JavaScript object, and must mean nothing to us. */
export const HOSTILE_NAMES = [
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'toString',
  'valueOf',
  '__defineGetter__',
  '0',
  'then',
]

const SEPARATORS = [
  '\u000b',
  '\u000c',
  '\u001c',
  '\u001d',
  '\u001e',
  '\u0085',
  '\r',
  '\n',
  '\u0000',
  '\u00a0',
  '\u007f',
]
const LIST_NOISE = [
  ',',
  ', ',
  ' ,',
  ',,',
  ', ,',
  ';',
  '; ',
  ' ; ',
  '=',
  '"',
  '\\',
  '""',
  '=""',
  '="',
  "'",
  '\t',
  ' ',
]

const PARAMETERS = [
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
  'server_max_window_bits=10',
  'client_max_window_bits=15',
  'client_max_window_bits="9"',
]
const BAD_VALUES = [
  '7',
  '8',
  '16',
  '08',
  '015',
  '',
  '15.0',
  '1e1',
  '-8',
  '+9',
  ' 9',
  '"1\\0"',
  '"',
  '9"',
  '99999999999999999999',
  '０９',
]

export function pickToken(random: SeededRandom): string {
  if (random.chance(0.2)) return random.pick(HOSTILE_NAMES)
  const alphabet = "abcXYZ0189!#$%&'*+-.^_`|~"
  return Array.from({ length: random.int(1, 8) }, () => random.pick([...alphabet])).join('')
}

/** A value of Sec-WebSocket-Extensions, more or less. */
export function writeExtensions(random: SeededRandom): string {
  const offers = Array.from({ length: random.int(1, 3) }, () => {
    const name = random.chance(0.85) ? 'permessage-deflate' : pickToken(random)
    const parameters = Array.from({ length: random.int(0, 4) }, () => writeParameter(random))
    return [name, ...parameters].join(random.pick([';', '; ', ' ;\t', ';']))
  })
  const text = offers.join(random.pick([',', ', ', ' , ']))
  return random.chance(0.75) ? text : spoil(random, text)
}

function writeParameter(random: SeededRandom): string {
  if (random.chance(0.75)) return random.pick(PARAMETERS)
  const name = random.chance(0.6) ? random.pick(PARAMETERS).split('=', 1)[0]! : pickToken(random)
  return `${name}=${random.chance(0.7) ? random.pick(BAD_VALUES) : pickToken(random)}`
}

/** A list of subprotocols, more or less. */
export function writeList(random: SeededRandom): string {
  const text = Array.from({ length: random.int(1, 5) }, () => pickToken(random)).join(
    random.pick([',', ', ', ' ,\t']),
  )
  return random.chance(0.8) ? text : spoil(random, text)
}

/** Puts noise into a text, or makes it long. */
export function spoil(random: SeededRandom, text: string): string {
  const at = random.int(0, text.length)
  if (random.chance(0.03)) return text + random.pick([...LIST_NOISE, 'a']).repeat(random.int(1000, 8000))
  const noise = random.chance(0.6) ? random.pick(LIST_NOISE) : random.pick(SEPARATORS)
  return text.slice(0, at) + noise + text.slice(at + random.int(0, 2))
}

type Field = readonly [name: string, value: string]

/** The fields of an upgrade request, some of them changed, doubled, missing or in other words. */
export function writeRequestFields(random: SeededRandom): Field[] {
  const fields: Field[] = [
    ['Host', random.pick(['example.com', 'example.com:80', '[::1]:8080', '127.0.0.1'])],
    ['Upgrade', random.pick(['websocket', 'WebSocket', 'h2c, websocket'])],
    ['Connection', random.pick(['Upgrade', 'keep-alive, Upgrade'])],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['Sec-WebSocket-Version', '13'],
  ]
  if (random.chance(0.4))
    fields.push(['Origin', random.pick(['http://example.com', 'https://evil.example', 'null', 'file://'])])
  if (random.chance(0.4)) fields.push(['Sec-WebSocket-Protocol', writeList(random)])
  if (random.chance(0.4)) fields.push(['Sec-WebSocket-Extensions', writeExtensions(random)])
  if (random.chance(0.3)) fields.push(writeForwarded(random))
  if (random.chance(0.1)) fields.push([pickToken(random), pickToken(random)])
  return changeFields(random, fields)
}

/** Leaves one out, doubles or spoils one; four of ten stay as they are. */
export function changeFields(random: SeededRandom, fields: Field[]): Field[] {
  if (random.chance(0.4)) return fields
  const index = random.int(0, fields.length - 1)
  const [name, value] = fields[index]!
  const replacement: Field[] = random.pick<() => Field[]>([
    () => [],
    () => [fields[index]!, fields[index]!],
    () => [[name.toUpperCase(), value]],
    () => [[name, spoil(random, value)]],
    () => [[spoil(random, name), value]],
    () => [[name, random.pick(['', '0', pickToken(random)])]],
    () => [
      [
        random.pick(['Content-Length', 'Transfer-Encoding', ...HOSTILE_NAMES]),
        random.pick(['0', '5', 'chunked']),
      ],
      fields[index]!,
    ],
    () => Array.from({ length: random.pick([10, 120]) }, (_, n): Field => [`X-${n}`, 'y']),
  ])()
  return [...fields.slice(0, index), ...replacement, ...fields.slice(index + 1)]
}

const ADDRESSES = [
  '10.0.0.1',
  '203.0.113.7',
  '::1',
  '[2001:db8::1]:4711',
  '2001:db8::1',
  '1.2.3.4:80',
  'unknown',
  '_hidden',
  '999.1.1.1',
  '::ffff:10.0.0.1',
  '',
]

/** What a proxy says of the client, more or less. */
export function writeForwarded(random: SeededRandom): Field {
  const list = (items: readonly string[]): string =>
    Array.from({ length: random.int(1, 5) }, () => random.pick(items)).join(random.pick([',', ', ', ' , ']))
  const field = random.pick<Field>([
    ['X-Forwarded-For', list(ADDRESSES)],
    ['X-Forwarded-Proto', list(['https', 'http', 'wss', 'HTTPS', ''])],
    ['X-Forwarded-Host', list(['example.com', 'evil.example', 'a b', ''])],
    ['Forwarded', `for=${random.pick(ADDRESSES)};proto=https`],
  ])
  return random.chance(0.7) ? field : [field[0], spoil(random, field[1])]
}
