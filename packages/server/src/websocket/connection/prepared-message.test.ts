import { describe, expect, it } from 'vitest'
import { hex, toHex, utf8 } from '../../testing/websocket/hex.ts'
import { prepareMessage } from './prepared-message.ts'

describe('prepareMessage', () => {
  it('frames a string as text and bytes as binary', () => {
    expect(toHex(prepareMessage('Hé').frame)).toBe('810348c3a9')
    expect(toHex(prepareMessage(hex('00ff')).frame)).toBe('820200ff')
    expect(toHex(prepareMessage('').frame)).toBe('8100')
  })

  it.each([125, 126, 65_535, 65_536])('fills a frame of %i bytes to the last', (length) => {
    const text = 'x'.repeat(length)
    const { frame } = prepareMessage(text)
    expect(Buffer.from(frame.subarray(frame.length - length)).equals(utf8(text))).toBe(true)
    expect(
      Buffer.from(prepareMessage(utf8(text)).frame)
        .subarray(1)
        .equals(frame.subarray(1)),
    ).toBe(true)
  })

  it('takes only the view that it is given, of any memory', () => {
    const memory = hex('0102030405060708')
    expect(toHex(prepareMessage(memory.subarray(2, 5)).frame)).toBe('8203030405')
  })

  it('copies, so that the bytes may be used again', () => {
    const bytes = hex('0102')
    const { frame } = prepareMessage(bytes)
    bytes.fill(0)
    expect(toHex(frame)).toBe('82020102')
  })

  it('replaces lone surrogates, which UTF-8 cannot say', () => {
    expect(toHex(prepareMessage('\ud800').frame)).toBe('8103efbfbd')
  })
})
