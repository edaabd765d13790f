import { describe, expect, it } from 'vitest'
import { utf8 } from '../../testing/websocket/hex.ts'
import { prepareMessage } from '../connection/prepared-message.ts'
import type { DeflateAgreement } from '../protocol/deflate-negotiation.ts'
import { DeflateEndpoint } from './deflate-endpoint.ts'
import { resolveDeflateOptions } from './deflate-options.ts'

const AGREEMENT: DeflateAgreement = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
}
const endpoint = (role: 'server' | 'client' = 'server') =>
  new DeflateEndpoint({ role, options: resolveDeflateOptions(true), maxMessageBytes: 10_000 })

describe('Connections without context takeover', () => {
  it('share one compressor for each window, and so what it makes of a prepared message', () => {
    const server = endpoint()
    const first = server.compressionFor(AGREEMENT)
    const second = server.compressionFor({
      ...AGREEMENT,
      clientNoContextTakeover: false,
      clientMaxWindowBits: 9,
    })
    const smaller = server.compressionFor({ ...AGREEMENT, serverMaxWindowBits: 10 })
    expect(second.compressor).toBe(first.compressor)
    expect(smaller.compressor).not.toBe(first.compressor)
    expect(second.decompressor).not.toBe(first.decompressor)
    const message = prepareMessage('hello '.repeat(1000))
    const frames = message.compressedWith(first.compressor)
    expect(frames).toBeDefined()
    expect(message.compressedWith(second.compressor)).toBe(frames)
    expect(message.compressedWith(smaller.compressor)).not.toBe(frames)
  })
})

describe('Connections with context takeover', () => {
  it('have a compressor each', () => {
    const server = endpoint()
    const agreement = { ...AGREEMENT, serverNoContextTakeover: false }
    const first = server.compressionFor(agreement)
    expect(server.compressionFor(agreement).compressor).not.toBe(first.compressor)
    expect(first.compressor.isStateless).toBe(false)
  })
})

describe('The two ends of a connection', () => {
  it('understand each other', async () => {
    const agreement = { ...AGREEMENT, serverNoContextTakeover: false, serverMaxWindowBits: 9 }
    const [server, client] = [endpoint('server'), endpoint('client')].map((end) =>
      end.compressionFor(agreement),
    )
    const message = utf8('hello '.repeat(500))
    for (const [sender, receiver] of [
      [server!, client!],
      [client!, server!],
      [server!, client!],
    ] as const) {
      const compressed = await sender.compressor.deflate(message)
      expect(await receiver.decompressor.inflate(compressed!)).toEqual(message)
    }
  })
})
