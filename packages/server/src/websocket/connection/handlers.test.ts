// What an application says of its messages, and hears of the end.
import { describe, expect, it } from 'vitest'
import { openPair, openTalkingPair } from '../../testing/websocket/connection-pair.ts'

describe('handlers', () => {
  it('may be asynchronous: what they reject with closes with 1011', async () => {
    const { clock, peer, connection, errors } = openPair()
    connection.setHandlers({ message: async (data) => void JSON.parse(String(data)) })
    peer.read()
    peer.sendText('not json')
    await clock.settle()
    expect(errors).toEqual(['a websocket handler threw'])
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1011 })
  })

  it('are set once', () => {
    const { connection, recorder } = openTalkingPair()
    expect(() => connection.setHandlers(recorder)).toThrow('being read already')
  })

  it.each([undefined, {}, { onmessage: () => {} }, { message: () => {}, close: 1 }])(
    'are not %o',
    (handlers) => {
      const { connection } = openPair()
      expect(() => connection.setHandlers(handlers as never)).toThrow(TypeError)
    },
  )

  it('are missed when messages wait for them, which is said once', async () => {
    const { clock, peer, errors } = openPair()
    peer.sendText('a')
    await clock.advanceAsync(5000)
    expect(errors).toHaveLength(1)
    expect(errors[0]).toContain('setHandlers')
  })
})

describe('pings of the application', () => {
  it('do not give a dead peer more time', async () => {
    const { clock, connection, recorder } = openPair({ pongTimeoutMs: 3000 })
    connection.setHandlers(recorder)
    for (let second = 0; second < 6; second++) {
      connection.ping()
      await clock.advanceAsync(1000)
    }
    expect(recorder.closes).toHaveLength(1)
  })
})

describe('closed', () => {
  it('tells how the connection ended, before and after', async () => {
    const { clock, peer, connection } = openTalkingPair()
    const before = connection.closed
    peer.protocol.close(4000, 'bye')
    peer.flush()
    await clock.settle()
    peer.socket.end()
    await clock.settle()
    const event = { code: 4000, reason: 'bye', wasClean: true }
    expect([await before, await connection.closed]).toEqual([event, event])
  })
})
