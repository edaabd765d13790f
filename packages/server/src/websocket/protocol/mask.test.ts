import { describe, expect, it } from 'vitest'
import { hex, toHex, utf8 } from '../../testing/websocket/hex.ts'
import { applyMask } from './mask.ts'

describe('masking (RFC 6455 §5.3)', () => {
  it('masks the example of §5.7', () => {
    const bytes = utf8('Hello')
    applyMask(bytes, 0x37fa213d)
    expect(toHex(bytes)).toBe('7f9f4d5158')
  })

  it('changes nothing with the key 00000000', () => {
    const bytes = hex('00 01 80 ff')
    applyMask(bytes, 0)
    expect(toHex(bytes)).toBe('000180ff')
  })

  it('leaves the bytes around a view alone', () => {
    const memory = new Uint8Array(300)
    applyMask(memory.subarray(3, 290), 0x01020304)
    expect([...memory.subarray(0, 3), ...memory.subarray(290)]).toEqual(new Array(13).fill(0))
    expect(memory.subarray(3, 290).every((byte) => byte !== 0)).toBe(true)
  })
})
