import { describe, expect, it } from 'vitest'
import { PositionTracker } from './position-tracker.ts'

function trackerAt(offset: number): PositionTracker {
  const tracker = new PositionTracker()
  tracker.position = { epoch: 'e1', offset, tag: 77 }
  return tracker
}

describe('PositionTracker', () => {
  it('moves on with the next publication and keeps the epoch', () => {
    const tracker = trackerAt(4)
    expect(tracker.advance(5, 88)).toBe('next')
    expect(tracker.position).toEqual({ epoch: 'e1', offset: 5, tag: 88 })
  })

  it.each([
    ['the same publication', 4, 77, 'duplicate'],
    ['an earlier one', 3, 1, 'duplicate'],
    ['the same place with another tag', 4, 78, 'broken'],
    ['one after a hole', 6, 1, 'broken'],
  ])('stays where it is at %s', (_what, offset, tag, fit) => {
    const tracker = trackerAt(4)
    expect(tracker.advance(offset, tag)).toBe(fit)
    expect(tracker.position).toEqual({ epoch: 'e1', offset: 4, tag: 77 })
  })

  it('takes nothing before it knows where the stream is', () => {
    expect(new PositionTracker().advance(1, 1)).toBe('broken')
  })
})
