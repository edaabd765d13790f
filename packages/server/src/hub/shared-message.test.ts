import { msgpackCodec } from '@roomcast/protocol/msgpack'
import { jsonCodec } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { Envelope, SharedMessage } from './shared-message.ts'

describe('SharedMessage', () => {
  it('is encoded at most once for each codec', () => {
    const message = new SharedMessage(new Envelope({ type: 'x' }, '[1]'))
    expect(message.in(jsonCodec)).toBe(message.in(jsonCodec))
    expect(message.in(msgpackCodec)).toBe(message.in(msgpackCodec))
    expect(message.in(jsonCodec)).not.toBe(message.in(msgpackCodec))
  })

  it.each([jsonCodec, msgpackCodec])('means the same in $name', (codec) => {
    const decode = (message: SharedMessage): unknown => codec.decode(message.in(codec).payload)
    expect(decode(new SharedMessage(new Envelope({ type: 'x' }, '[1]')))).toEqual({ type: 'x', data: [1] })
    expect(decode(new SharedMessage(new Envelope({ type: 'x', a: 1 })))).toEqual({ type: 'x', a: 1 })
  })
})
