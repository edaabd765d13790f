import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  answerDeflateOffers,
  formatDeflateOffer,
  readDeflateResponse,
  type DeflatePolicy,
} from './deflate-negotiation.ts'
import { parseExtensions } from './extension-header.ts'

const DEFAULT: DeflatePolicy = {
  contextTakeover: false,
  peerContextTakeover: false,
  maxWindowBits: 15,
  peerMaxWindowBits: 15,
}
const TAKEOVER: DeflatePolicy = { ...DEFAULT, contextTakeover: true, peerContextTakeover: true }

const answer = (offer: string | string[], policy: DeflatePolicy) =>
  answerDeflateOffers(parseExtensions([offer].flat()) ?? [], policy)

const respond = (offer: string | string[], policy = TAKEOVER): string | undefined =>
  answer(offer, policy)?.response

describe("A server's answer (RFC 7692 §5, §7.1)", () => {
  it('accepts a plain offer', () => {
    expect(answer('permessage-deflate', TAKEOVER)).toEqual({
      agreement: {
        serverNoContextTakeover: false,
        clientNoContextTakeover: false,
        serverMaxWindowBits: 15,
        clientMaxWindowBits: 15,
      },
      response: 'permessage-deflate',
    })
  })

  it('has neither side take its context over, unless it is told to', () => {
    expect(answer('permessage-deflate; client_max_window_bits', DEFAULT)).toEqual({
      agreement: {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        serverMaxWindowBits: 15,
        clientMaxWindowBits: 15,
      },
      response: 'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
    })
  })

  it('does what it is asked and says so', () => {
    expect(respond('permessage-deflate; server_no_context_takeover')).toBe(
      'permessage-deflate; server_no_context_takeover',
    )
    expect(respond('permessage-deflate; client_no_context_takeover')).toBe(
      'permessage-deflate; client_no_context_takeover',
    )
    const windowed = answer('permessage-deflate; server_max_window_bits="10"', TAKEOVER)
    expect(windowed?.response).toBe('permessage-deflate; server_max_window_bits=10')
    expect(windowed?.agreement.serverMaxWindowBits).toBe(10)
    expect(respond('permessage-deflate; server_max_window_bits=15')).toBe(
      'permessage-deflate; server_max_window_bits=15',
    )
  })

  it('uses a smaller window than it is asked to', () => {
    const policy = { ...TAKEOVER, maxWindowBits: 9 }
    const windowed = answer('permessage-deflate; server_max_window_bits=12', policy)
    expect(windowed?.response).toBe('permessage-deflate; server_max_window_bits=9')
    expect(windowed?.agreement.serverMaxWindowBits).toBe(9)
    expect(respond('permessage-deflate', policy)).toBe('permessage-deflate; server_max_window_bits=9')
  })

  it('asks for a smaller client window only a client that offered it', () => {
    const policy = { ...TAKEOVER, peerMaxWindowBits: 10 }
    const asked = 'permessage-deflate; client_max_window_bits=10'
    expect(respond('permessage-deflate', policy)).toBe('permessage-deflate')
    expect(answer('permessage-deflate', policy)?.agreement.clientMaxWindowBits).toBe(15)
    expect(respond('permessage-deflate; client_max_window_bits', policy)).toBe(asked)
    expect(respond('permessage-deflate; client_max_window_bits=15', policy)).toBe(asked)
    expect(answer(asked, policy)?.agreement.clientMaxWindowBits).toBe(10)
    expect(respond('permessage-deflate; client_max_window_bits=8', policy)).toBe(
      'permessage-deflate; client_max_window_bits=8',
    )
  })

  it.each([8, 9, 10, 11, 12, 13, 14, 15])('accepts client_max_window_bits=%i', (bits) => {
    expect(respond(`permessage-deflate; client_max_window_bits=${bits}`)).toBeDefined()
  })

  it.each([9, 10, 11, 12, 13, 14, 15])('accepts server_max_window_bits=%i', (bits) => {
    expect(respond(`permessage-deflate; server_max_window_bits=${bits}`)).toBeDefined()
  })

  it('declines server_max_window_bits=8, for which zlib cannot compress', () => {
    expect(respond('permessage-deflate; server_max_window_bits=8')).toBeUndefined()
  })

  it.each([
    'server_max_window_bits',
    ...['7', '16', '08', '+8', '10.0', '1e1', '0xa', '-9', '9999999999999999999999'].flatMap((bits) => [
      `server_max_window_bits=${bits}`,
      `client_max_window_bits=${bits}`,
    ]),
    'server_no_context_takeover=1',
    'client_no_context_takeover=true',
    'server_max_window_bits=10; server_max_window_bits=10',
    'server_max_window_bits=10; server_max_window_bits=11',
    'client_max_window_bits; client_max_window_bits=10',
    'server_no_context_takeover; server_no_context_takeover',
    'client_no_context_takeover; client_no_context_takeover',
    'unknown',
    'Server_No_Context_Takeover',
    '__proto__',
    'constructor=1',
    'hasOwnProperty; toString',
    'x-internal=1',
  ])('declines the offer of %s, and takes the next', (parameters) => {
    const offer = `permessage-deflate; ${parameters}`
    expect(respond(offer)).toBeUndefined()
    expect(respond(`${offer}, permessage-deflate`)).toBe('permessage-deflate')
  })

  it('takes the first acceptable offer, in one header or several', () => {
    const first = 'permessage-deflate; server_max_window_bits=9'
    const second = 'permessage-deflate; server_max_window_bits=10'
    expect(respond(`${first}, ${second}`)).toBe(first)
    expect(respond([first, second])).toBe(first)
    expect(respond(['foo', `permessage-deflate; bar, ${second}`])).toBe(second)
  })

  it.each(['', 'x-webkit-deflate-frame', 'foo; bar=1', 'permessage-bzip2', 'Permessage-Deflate', 'toString'])(
    'passes over %j',
    (offers) => {
      expect(respond(offers === '' ? [] : offers, DEFAULT)).toBeUndefined()
      expect(respond([...(offers === '' ? [] : [offers]), 'permessage-deflate'])).toBe('permessage-deflate')
    },
  )
})

describe("A client's offer and what it takes for an answer (RFC 7692 §7.1)", () => {
  const read = (response: string | string[], policy = TAKEOVER) =>
    readDeflateResponse(parseExtensions([response].flat()) ?? [], policy)

  it('says what is wanted', () => {
    expect(formatDeflateOffer(TAKEOVER)).toBe('permessage-deflate; client_max_window_bits')
    expect(formatDeflateOffer({ ...DEFAULT, maxWindowBits: 11, peerMaxWindowBits: 12 })).toBe(
      'permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=12; client_max_window_bits=11',
    )
  })

  it('is declined by saying nothing', () => {
    expect(read([])).toBe('none')
  })

  it('may be answered with flags and a window of the server that were not asked for', () => {
    const flags = 'server_no_context_takeover; client_no_context_takeover'
    expect(read(`permessage-deflate; ${flags}; server_max_window_bits=9; client_max_window_bits=8`)).toEqual({
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 9,
      clientMaxWindowBits: 8,
    })
  })

  it('keeps to what it offered by itself', () => {
    const policy = { ...DEFAULT, maxWindowBits: 12 }
    expect(read('permessage-deflate; server_no_context_takeover', policy)).toEqual({
      serverNoContextTakeover: true,
      clientNoContextTakeover: true,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 12,
    })
  })

  it.each([
    'foo',
    'permessage-deflate, foo',
    'permessage-deflate, permessage-deflate',
    'permessage-deflate; unknown',
    'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
    'permessage-deflate; server_no_context_takeover=1',
    'permessage-deflate; client_max_window_bits',
    // A client that hands such values to zlib crashes: CVE-2026-2229.
    'permessage-deflate; server_max_window_bits=1000000',
    'permessage-deflate; server_max_window_bits=7',
    'permessage-deflate; server_max_window_bits=16',
    'permessage-deflate; server_max_window_bits',
    'permessage-deflate; server_max_window_bits=09',
    'permessage-deflate; client_max_window_bits=0',
    'permessage-deflate; client_max_window_bits=16',
  ])('must fail for %s', (response) => {
    expect(read(response)).toBe('invalid')
  })

  it('must fail for an answer that does not do what was demanded', () => {
    expect(read('permessage-deflate', DEFAULT)).toBe('invalid')
    const policy = { ...TAKEOVER, maxWindowBits: 10, peerMaxWindowBits: 10 }
    expect(read('permessage-deflate', policy)).toBe('invalid')
    expect(read('permessage-deflate; server_max_window_bits=11', policy)).toBe('invalid')
    expect(read('permessage-deflate; server_max_window_bits=8', policy)).not.toBe('invalid')
    expect(read('permessage-deflate; server_max_window_bits=8; client_max_window_bits=11', policy)).toBe(
      'invalid',
    )
  })
})

describe('Any client and any server', () => {
  const policy = fc.record({
    contextTakeover: fc.boolean(),
    peerContextTakeover: fc.boolean(),
    maxWindowBits: fc.integer({ min: 9, max: 15 }),
    peerMaxWindowBits: fc.integer({ min: 8, max: 15 }),
  })

  it('agree on the same, which neither forbids', () => {
    fc.assert(
      fc.property(policy, policy, (client, server) => {
        const accepted = answer(formatDeflateOffer(client), server)
        if (accepted === undefined) {
          expect(client.peerMaxWindowBits).toBe(8)
          return
        }
        const { agreement, response } = accepted
        expect(readDeflateResponse(parseExtensions([response])!, client)).toEqual(agreement)
        expect(agreement.serverMaxWindowBits).toBeLessThanOrEqual(
          Math.min(server.maxWindowBits, client.peerMaxWindowBits),
        )
        expect(agreement.clientMaxWindowBits).toBeLessThanOrEqual(
          Math.min(client.maxWindowBits, server.peerMaxWindowBits),
        )
        expect(agreement.serverNoContextTakeover).toBe(!server.contextTakeover || !client.peerContextTakeover)
        expect(agreement.clientNoContextTakeover).toBe(!client.contextTakeover || !server.peerContextTakeover)
      }),
    )
  })

  it('never throw for any parameters, and never answer with what is not of RFC 7692', () => {
    const name = fc.oneof(
      fc.constantFrom('server_max_window_bits', 'client_max_window_bits', 'server_no_context_takeover'),
      fc.constantFrom('client_no_context_takeover', '__proto__', 'x'),
    )
    const value = fc.option(fc.oneof(fc.integer({ min: 6, max: 17 }).map(String), fc.string()), {
      nil: undefined,
    })
    const parameters = fc.array(fc.record({ name, value }), { maxLength: 4 })
    const offers = fc.array(fc.record({ name: fc.constantFrom('permessage-deflate', 'foo'), parameters }))
    fc.assert(
      fc.property(offers, policy, (extensions, own) => {
        const response = answerDeflateOffers(extensions, own)?.response
        if (response === undefined) return
        expect(parseExtensions([response])).toHaveLength(1)
        expect(response).toMatch(
          /^permessage-deflate(; (server|client)_(no_context_takeover|max_window_bits=(8|9|1[0-5])))*$/,
        )
        expect(['none', 'invalid']).toContain(readDeflateResponse(extensions.slice(0, 0), own))
        readDeflateResponse(extensions, own)
      }),
    )
  })
})
