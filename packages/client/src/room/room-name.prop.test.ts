import { formatRoomName } from '@roomcast/protocol/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { roomName } from './room-name.ts'

function outcome(write: typeof roomName, pattern: string, params: Readonly<Record<string, unknown>>): string {
  try {
    return write(pattern, params)
  } catch {
    return 'refused'
  }
}

const value = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 120 }),
  fc.double(),
  fc.bigInt(),
  fc.boolean(),
  fc.date(),
  fc.anything(),
)

describe('roomName', () => {
  it('writes the names that the protocol writes, and refuses what it refuses', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('chat:{a}', 'x:{a}:y-1.~_:{b}', '{b}', 'lobby'),
        value,
        value,
        (pattern, a, b) => {
          expect(outcome(roomName, pattern, { a, b })).toBe(outcome(formatRoomName, pattern, { a, b }))
        },
      ),
      { numRuns: 2000 },
    )
  })

  it.each([
    [{}, '"roomId" of "chat:{roomId}" is missing'],
    [{ roomId: '' }, '"roomId" of "chat:{roomId}" is missing'],
    [{ roomId: 'x'.repeat(251) }, 'too long'],
  ])('says what is wrong', (params, text) => {
    expect(() => roomName('chat:{roomId}', params)).toThrow(text)
  })
})
