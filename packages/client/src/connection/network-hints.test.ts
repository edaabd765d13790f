import { beforeEach, describe, expect, it } from 'vitest'
import { watchNetwork } from './network-hints.ts'

class FakeDocument extends EventTarget {
  visibilityState = 'hidden'
}

describe('watchNetwork', () => {
  let window: EventTarget
  let document: FakeDocument
  let heard: string[]
  let stop: () => void

  beforeEach(() => {
    window = new EventTarget()
    document = new FakeDocument()
    heard = []
    stop = watchNetwork(
      { wake: () => heard.push('wake'), doubt: () => heard.push('doubt') },
      { addEventListener: window.addEventListener.bind(window), document },
    )
  })

  it('wakes when the network is back, and doubts when it is gone', () => {
    window.dispatchEvent(new Event('offline'))
    window.dispatchEvent(new Event('online'))
    expect(heard).toEqual(['doubt', 'wake'])
  })

  it('wakes when the page is shown, not when it is hidden', () => {
    document.dispatchEvent(new Event('visibilitychange'))
    expect(heard).toEqual([])
    document.visibilityState = 'visible'
    document.dispatchEvent(new Event('visibilitychange'))
    expect(heard).toEqual(['wake'])
  })

  it('hears nothing once stopped', () => {
    stop()
    document.visibilityState = 'visible'
    window.dispatchEvent(new Event('online'))
    document.dispatchEvent(new Event('visibilitychange'))
    expect(heard).toEqual([])
  })

  it('does without a browser', () => {
    expect(() => watchNetwork({ wake() {}, doubt() {} }, {})()).not.toThrow()
  })
})
