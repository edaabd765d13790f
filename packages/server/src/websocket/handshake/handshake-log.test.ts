import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import { RecordingLogger } from '../../testing/recording-logger.ts'
import { HandshakeLog } from './handshake-log.ts'

describe('HandshakeLog', () => {
  it('A43: 10 000 refusals are a hundred lines at debug and none above', () => {
    const logger = new RecordingLogger()
    const clock = new FakeClock()
    const log = new HandshakeLog(logger, clock)
    for (let count = 0; count < 10_000; count++) log.refused({ status: 400, reason: 'bad' }, '192.0.2.1')
    expect(logger.entries).toHaveLength(100)
    expect(logger.entries[0]).toEqual({
      level: 'debug',
      message: 'a websocket handshake was refused',
      fields: { status: 400, reason: 'bad', remoteAddress: '192.0.2.1' },
    })
    clock.advance(1000)
    log.refused({ status: 400, reason: 'bad' }, undefined)
    expect(logger.entries.at(-1)?.fields).toMatchObject({ omitted: 9900 })
  })

  it('says of failures of ours so much that they are seen', () => {
    const logger = new RecordingLogger()
    const clock = new FakeClock()
    const log = new HandshakeLog(logger, clock)
    const error = new Error('a')
    for (let count = 0; count < 10_000; count++) log.failed('broken', error)
    expect(logger.messages('error')).toHaveLength(20)
    expect(logger.entries[0]?.fields).toEqual({ err: error })
    clock.advance(1000)
    log.failed('broken')
    expect(logger.entries.at(-1)?.fields).toEqual({ omitted: 9980 })
  })

  it('warns of a refused origin once, of ten at most, quoted and cut', () => {
    const logger = new RecordingLogger()
    const log = new HandshakeLog(logger, new FakeClock())
    for (let count = 0; count < 3; count++) log.refusedOrigin('https://good.com')
    expect(logger.entries).toEqual([
      {
        level: 'warn',
        message:
          'a websocket handshake was refused because of the origin of its page: if it may connect, list it in allowedOrigins',
        fields: { origin: '"https://good.com"' },
      },
    ])
    log.refusedOrigin(`\n${'a'.repeat(10_000)}`)
    expect(logger.entries.at(-1)?.fields).toEqual({ origin: `"\\n${'a'.repeat(97)}` })
    for (let count = 0; count < 1000; count++) log.refusedOrigin(`https://${count}.example`)
    expect(logger.entries).toHaveLength(10)
  })
})
