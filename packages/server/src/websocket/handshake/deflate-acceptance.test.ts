import { describe, expect, it } from 'vitest'
import { DeflateEndpoint } from '../deflate/deflate-endpoint.ts'
import { resolveDeflateOptions } from '../deflate/deflate-options.ts'
import { answerDeflateOffers } from '../protocol/deflate-negotiation.ts'
import { parseExtensions } from '../protocol/extension-header.ts'
import { acceptanceFields, writeAcceptance } from './negotiation.ts'

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
const { options } = new DeflateEndpoint({
  role: 'server',
  options: resolveDeflateOptions({ contextTakeover: true, peerContextTakeover: true }),
  maxMessageBytes: 1000,
})

describe('The response to an offer of permessage-deflate', () => {
  it('says what was agreed on, over any version of HTTP', () => {
    const offers = parseExtensions(['permessage-deflate; server_max_window_bits=10'])!
    const acceptance = { subprotocol: 'chat', deflate: answerDeflateOffers(offers, options) }
    expect(acceptanceFields(acceptance)).toEqual({
      'Sec-WebSocket-Protocol': 'chat',
      'Sec-WebSocket-Extensions': 'permessage-deflate; server_max_window_bits=10',
    })
    expect(writeAcceptance(KEY, acceptance)).toContain(
      '\r\nSec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n',
    )
  })

  it('has no such header if none was accepted', () => {
    const offers = parseExtensions(['permessage-deflate; server_max_window_bits=8, foo'])!
    const acceptance = { subprotocol: undefined, deflate: answerDeflateOffers(offers, options) }
    expect(acceptanceFields(acceptance)).toEqual({})
    expect(writeAcceptance(KEY, acceptance)).not.toContain('Extensions')
  })
})
