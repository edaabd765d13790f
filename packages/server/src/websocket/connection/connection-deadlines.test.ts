import { describe, expect, it } from 'vitest'
import { ConnectionDeadlines } from './connection-deadlines.ts'
import { DEFAULT_WEBSOCKET_LIMITS, type WebSocketLimits } from '../websocket-limits.ts'

const create = (limits: Partial<WebSocketLimits> = {}): ConnectionDeadlines =>
  new ConnectionDeadlines({ ...DEFAULT_WEBSOCKET_LIMITS, ...limits }, 0)

describe('ConnectionDeadlines', () => {
  it('asks for a ping after silence, once, and expects an answer', () => {
    const deadlines = create()
    expect([deadlines.needsPing(24_999), deadlines.needsPing(25_000)]).toEqual([false, true])
    deadlines.pinged(25_000)
    expect(deadlines.needsPing(30_000)).toBe(false)
    expect([deadlines.overdue(34_999), deadlines.overdue(35_000)]).toEqual([undefined, 'pong'])
    deadlines.heard(35_000)
    expect(deadlines.overdue(35_000)).toBeUndefined()
  })

  it('asks for no ping while a write waits or the connection closes', () => {
    const writing = create()
    writing.writing(20_000)
    expect(writing.needsPing(25_000)).toBe(false)
    writing.written()
    expect(writing.needsPing(25_000)).toBe(true)
    const closing = create()
    closing.closing(24_000)
    expect(closing.needsPing(25_000)).toBe(false)
  })

  it('measures a message from its beginning, a write from its last progress', () => {
    const deadlines = create({ messageTimeoutMs: 30_000 })
    deadlines.receivingMessage(1000, true)
    deadlines.receivingMessage(20_000, false)
    expect(deadlines.overdue(31_000)).toBe('message')
    deadlines.receivingMessage(31_000, true)
    expect(deadlines.overdue(31_000)).toBeUndefined()
    deadlines.receivedMessage()
    deadlines.writing(31_000)
    expect(deadlines.overdue(41_000)).toBe('write')
    deadlines.writing(41_000)
    expect(deadlines.overdue(41_000)).toBeUndefined()
  })

  it('gives up a silent peer before a slow message, so that a stalled network is no offence', () => {
    const { messageTimeoutMs, pingAfterMs, pongTimeoutMs } = DEFAULT_WEBSOCKET_LIMITS
    expect(messageTimeoutMs).toBeGreaterThan(pingAfterMs + pongTimeoutMs)
  })

  it('does not count time in which we are not reading', () => {
    const deadlines = create({ messageTimeoutMs: 30_000 })
    deadlines.receivingMessage(0, true)
    deadlines.pinged(0)
    deadlines.notReading(60_000)
    expect([deadlines.needsPing(60_000), deadlines.overdue(60_000)]).toEqual([false, undefined])
    expect(deadlines.overdue(90_000)).toBe('message')
  })

  it('measures closing from its beginning and expects nothing else then', () => {
    const deadlines = create({ closeTimeoutMs: 5000 })
    deadlines.receivingMessage(0, true)
    deadlines.pinged(0)
    deadlines.closing(40_000)
    deadlines.closing(44_000)
    expect([deadlines.overdue(44_999), deadlines.overdue(45_000)]).toEqual([undefined, 'close'])
  })

  it('has none that are infinite', () => {
    const deadlines = create({
      pingAfterMs: Infinity,
      messageTimeoutMs: Infinity,
      noProgressTimeoutMs: Infinity,
    })
    deadlines.receivingMessage(0, true)
    deadlines.writing(0)
    expect([deadlines.needsPing(1e9), deadlines.overdue(1e9)]).toEqual([false, undefined])
  })
})
