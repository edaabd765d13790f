import { describe, expect, it, vi } from 'vitest'
import { hex, toHex, utf8 } from '../../testing/websocket/hex.ts'
import { prepareMessage } from './prepared-message.ts'

const frameOf = (data: string | Uint8Array): string => toHex(Buffer.concat(prepareMessage(data).frames))

describe('prepareMessage', () => {
  it('frames a string as text and bytes as binary', () => {
    expect(frameOf('Hé')).toBe('810348c3a9')
    expect(frameOf(hex('00ff'))).toBe('820200ff')
    expect(frameOf('')).toBe('8100')
  })

  it.each([125, 126, 65_535, 65_536])('fills a frame of %i bytes to the last', (length) => {
    const text = 'x'.repeat(length)
    const frame = Buffer.concat(prepareMessage(text).frames)
    expect(Buffer.from(frame.subarray(frame.length - length)).equals(utf8(text))).toBe(true)
    expect(
      Buffer.concat(prepareMessage(utf8(text)).frames)
        .subarray(1)
        .equals(frame.subarray(1)),
    ).toBe(true)
  })

  it('takes only the view that it is given, of any memory', () => {
    const memory = hex('0102030405060708')
    expect(frameOf(memory.subarray(2, 5))).toBe('8203030405')
  })

  it('copies, so that the bytes may be used again', () => {
    const bytes = hex('0102')
    const { frames } = prepareMessage(bytes)
    bytes.fill(0)
    expect(toHex(frames[0]!)).toBe('82020102')
  })

  it('replaces lone surrogates, which UTF-8 cannot say', () => {
    expect(frameOf('\ud800')).toBe('8103efbfbd')
  })

  it.each([new Uint16Array(2), new DataView(new ArrayBuffer(4)), new ArrayBuffer(4), { length: 4 }, null, 4])(
    'refuses %o, whose bytes it would have to guess',
    (data) => {
      expect(() => prepareMessage(data as never)).toThrow(TypeError)
    },
  )

  it('cuts long messages into fragments', () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => index)
    const { frames } = prepareMessage(bytes)
    expect(frames.map((frame) => frame[0])).toEqual([0x02, 0x00, 0x80])
    const payload = Buffer.concat(frames.map((frame) => frame.subarray(frame.length > 65_545 ? 10 : 4)))
    expect(payload.equals(bytes)).toBe(true)
  })

  it.each(['at once', 'later'])('is compressed once by each compressor, %s', async (when) => {
    const deflate = vi.fn(() => (when === 'later' ? Promise.resolve(hex('f2')) : hex('f2')))
    const compressor = { deflate, isStateless: true }
    const message = prepareMessage('long text')
    const results = [message.compressedWith(compressor), message.compressedWith(compressor)]
    for (const result of results) expect(toHex((await Promise.resolve(result))![0]!)).toBe('c101f2')
    expect(message.compressedWith(compressor)).not.toBeInstanceOf(Promise)
    expect(deflate).toHaveBeenCalledTimes(1)
  })

  it('remembers that it is better sent as it is', () => {
    const compressor = { deflate: vi.fn(() => undefined), isStateless: true }
    const message = prepareMessage('short')
    expect([message.compressedWith(compressor), message.compressedWith(compressor)]).toEqual([
      undefined,
      undefined,
    ])
    expect(compressor.deflate).toHaveBeenCalledTimes(1)
  })
})
