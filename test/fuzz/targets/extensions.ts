// Sec-WebSocket-Extensions and what is agreed on about permessage-deflate, in both roles. What one end of ours answers
// the other end must understand in the same way.
import {
  answerDeflateOffers,
  formatDeflateOffer,
  readDeflateResponse,
  type DeflateAgreement,
  type DeflatePolicy,
} from '../../../packages/server/src/websocket/protocol/deflate-negotiation.ts'
import {
  formatExtension,
  parseExtensions,
  type ExtensionOffer,
} from '../../../packages/server/src/websocket/protocol/extension-header.ts'
import { ByteReader, writeBlock } from '../byte-reader.ts'
import { writeExtensions } from '../grammar/headers.ts'
import { mutate, randomBytes } from '../mutate.ts'
import { must, type Depth, type FuzzTarget } from '../target.ts'

export const extensionsTarget: FuzzTarget = {
  name: 'extensions',

  generate(random) {
    const fields = Array.from({ length: random.chance(0.8) ? 1 : 2 }, () =>
      writeBlock(writeExtensions(random)),
    )
    const text = Buffer.concat(fields)
    return Buffer.concat([randomBytes(random, 4), random.chance(0.8) ? text : mutate(random, text, [0])])
  },

  execute(input) {
    const reader = new ByteReader(input)
    const server = readPolicy(reader)
    const client = readPolicy(reader)
    const fields: string[] = []
    while (!reader.isAtEnd) fields.push(reader.text())
    agreeAmongOurselves(client, server)
    const offers = parseExtensions(fields)
    if (offers === undefined) return ['malformed']
    checkRoundTrip(offers)
    return ['parsed', ...serve(offers, server), ...consume(offers, client)]
  },
}

function readPolicy(reader: ByteReader): DeflatePolicy {
  const flags = reader.byte()
  const bits = reader.byte()
  return {
    contextTakeover: (flags & 1) !== 0,
    peerContextTakeover: (flags & 2) !== 0,
    maxWindowBits: (flags & 4) !== 0 ? 15 : 9 + ((bits & 0x0f) % 7),
    peerMaxWindowBits: (flags & 8) !== 0 ? 15 : 8 + ((bits >> 4) % 8),
  }
}

/** Written again and read again, nothing has changed. */
function checkRoundTrip(offers: readonly ExtensionOffer[]): void {
  const text = offers.map(({ name, parameters }) => formatExtension(name, parameters)).join(', ')
  const again = offers.length === 0 ? [] : parseExtensions([text])
  must(JSON.stringify(again) === JSON.stringify(offers), 'a round trip changes an offer', () => text)
}

function serve(offers: readonly ExtensionOffer[], policy: DeflatePolicy): Depth[] {
  const answer = answerDeflateOffers(offers, policy)
  if (answer === undefined) return ['declined']
  checkAgreement(answer.agreement)
  must(answer.agreement.serverMaxWindowBits >= 9, 'a window that zlib cannot compress for')
  const parsed = parseExtensions([answer.response])
  must(parsed?.length === 1, 'an answer that cannot be read', () => answer.response)
  const accepted = offers.filter(({ name }) => name === 'permessage-deflate')
  must(accepted.length > 0, 'an answer to no offer')
  const mayLimitClient = accepted.some(({ parameters }) =>
    parameters.some(({ name }) => name === 'client_max_window_bits'),
  )
  // RFC 7692 §7.1.2.2.
  must(mayLimitClient || !answer.response.includes('client_max_window_bits'), 'a limit that was not offered')
  return ['accepted']
}

function consume(extensions: readonly ExtensionOffer[], policy: DeflatePolicy): Depth[] {
  const result = readDeflateResponse(extensions, policy)
  if (typeof result === 'string') return [`response ${result}`]
  checkAgreement(result)
  return ['response taken']
}

/** Our client and our server come to the same agreement, or to none. */
function agreeAmongOurselves(client: DeflatePolicy, server: DeflatePolicy): void {
  const offer = formatDeflateOffer(client)
  const answer = answerDeflateOffers(parseExtensions([offer]) ?? [], server)
  if (answer === undefined) return
  const understood = readDeflateResponse(parseExtensions([answer.response]) ?? [], client)
  const say = (): string => `${offer} → ${answer.response}`
  must(typeof understood !== 'string', 'our client fails what our server answers', say)
  // Each side may restrict itself further; never may it count on less than the other does.
  must(
    understood.serverMaxWindowBits >= answer.agreement.serverMaxWindowBits,
    'a window too small for the server',
    say,
  )
  must(
    answer.agreement.clientMaxWindowBits >= understood.clientMaxWindowBits,
    'a window too small for the client',
    say,
  )
  must(
    !understood.serverNoContextTakeover || answer.agreement.serverNoContextTakeover,
    'takeover by the server',
    say,
  )
  must(
    !answer.agreement.clientNoContextTakeover || understood.clientNoContextTakeover,
    'takeover by the client',
    say,
  )
}

function checkAgreement(agreement: DeflateAgreement): void {
  for (const bits of [agreement.serverMaxWindowBits, agreement.clientMaxWindowBits]) {
    must(Number.isInteger(bits) && bits >= 8 && bits <= 15, 'a window out of range', () => String(bits))
  }
}
