import { RoomcastError } from '@roomcast/protocol/wire'
import { describe, expect, it } from 'vitest'
import { settle } from './settle.ts'

describe('settle', () => {
  it('gives a value', async () => {
    expect(await settle(Promise.resolve(7))).toEqual({ ok: true, value: 7 })
  })

  it('gives an error of ours as a value', async () => {
    const error = new RoomcastError('taken', 'taken', { data: { by: 'bob' } })
    expect(await settle(Promise.reject(error))).toEqual({ ok: false, error })
  })

  it('throws what is a mistake of the program', async () => {
    await expect(settle(Promise.reject(new TypeError('mistake')))).rejects.toThrow(TypeError)
  })
})
