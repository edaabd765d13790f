import { describe, expect, it } from 'vitest'
import { openPair } from '../../testing/websocket/connection-pair.ts'
import { clientFrame } from '../../testing/websocket/endpoint.ts'
import { hex } from '../../testing/websocket/hex.ts'
import { Opcode } from '../protocol/opcode.ts'
import { WebSocketClosedError } from './closed-error.ts'
import { messagesOf } from './messages-of.ts'
import { toStreams } from './to-streams.ts'

const KIB = 1024

describe('messagesOf', () => {
  it('gives the messages in order and ends with a clean close', async () => {
    const { clock, peer, connection } = openPair()
    peer.read()
    peer.sendText('a', 'b')
    peer.protocol.close(1000)
    peer.flush()
    const seen: unknown[] = []
    const loop = (async () => {
      for await (const message of messagesOf(connection)) seen.push(message)
    })()
    await clock.settle()
    peer.socket.end()
    await clock.settle()
    await loop
    expect(seen).toEqual(['a', 'b'])
  })

  it('lets a loop answer the last message before the close is answered', async () => {
    const { peer, connection, clock } = openPair()
    peer.read()
    peer.socket.write(
      Buffer.concat([clientFrame(Opcode.text, hex('61')), clientFrame(Opcode.close, hex('0bb8'))]),
    )
    const loop = (async () => {
      for await (const message of messagesOf(connection)) connection.send(`${String(message)}!`)
    })()
    await clock.settle()
    peer.socket.end()
    await clock.settle()
    await loop
    expect(peer.texts).toEqual(['a!'])
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 3000, wasClean: true })
  })

  it('takes nothing that was not asked for, and stops the peer', async () => {
    const { clock, peer, connection, socket } = openPair({ maxMessagesPerTurn: Infinity })
    const messages = messagesOf(connection)
    peer.sendText(...Array.from({ length: 50 }, (_, index) => `${index}`))
    await clock.settle()
    expect(socket.isPaused()).toBe(true)
    expect((await messages.next()).value).toBe('0')
    const more = [messages.next(), messages.next()]
    expect((await Promise.all(more)).map(({ value }) => value as string)).toEqual(['1', '2'])
    expect(socket.isPaused()).toBe(true)
  })

  it('throws once if the connection breaks, after what arrived before', async () => {
    const { clock, peer, connection } = openPair()
    peer.read()
    peer.socket.write(Buffer.concat([clientFrame(Opcode.text, hex('61')), hex('ff80')]))
    const messages = messagesOf(connection)
    await clock.settle()
    expect((await messages.next()).value).toBe('a')
    const failure = messages.next().catch((reason: unknown) => reason)
    await clock.settle()
    peer.socket.end()
    await clock.settle()
    const error: unknown = await failure
    expect(error).toBeInstanceOf(WebSocketClosedError)
    expect(error).toMatchObject({ code: 'WS_CLOSED', closeCode: 1002 })
    expect(await messages.next()).toEqual({ done: true, value: undefined })
  })

  it('closes the connection when the loop is left', async () => {
    const { clock, peer, connection } = openPair()
    peer.read()
    peer.sendText('a', 'b')
    await clock.settle()
    for await (const message of messagesOf(connection)) {
      expect(message).toBe('a')
      break
    }
    await clock.settle()
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1000 })
  })
})

describe('a loop that is slow', () => {
  it('gets every message, however long it takes and whatever happens to the stream', async () => {
    const { clock, peer, connection } = openPair({ closeTimeoutMs: 5000 })
    peer.read()
    const frames = ['a', 'b', 'c', 'd'].map((text) => clientFrame(Opcode.text, Buffer.from(text)))
    peer.socket.write(Buffer.concat([...frames, clientFrame(Opcode.close, hex('03e8'))]))
    const messages = messagesOf(connection)
    const seen: unknown[] = []
    for (let round = 0; round < 4; round++) {
      const next = messages.next()
      await clock.advanceAsync(6000)
      if (round === 1) peer.socket.end()
      seen.push((await next).value)
    }
    expect(seen).toEqual(['a', 'b', 'c', 'd'])
    const last = messages.next()
    await clock.advanceAsync(6000)
    expect((await last).done).toBe(true)
  })
})

describe('toStreams', () => {
  it('aborts at once, also while a write waits for the peer', async () => {
    const { clock, connection } = openPair({ highWaterMarkBytes: 10 * KIB })
    const { writable, closed } = toStreams(connection)
    const writer = writable.getWriter()
    writer.closed.catch(() => {})
    for (let index = 0; index < 10; index++) writer.write(new Uint8Array(100 * KIB)).catch(() => {})
    await clock.settle()
    const aborted = writer.abort()
    await clock.settle()
    expect(await closed).toMatchObject({ code: 1006 })
    await aborted
  })

  it('pipes what arrives back to the peer', async () => {
    const { clock, peer, connection } = openPair()
    peer.read()
    const { readable, writable, closed } = toStreams(connection)
    const piped = readable.pipeTo(writable)
    peer.sendText('a', 'b', 'c')
    await clock.settle()
    expect(peer.texts).toEqual(['a', 'b', 'c'])
    peer.protocol.close(4000)
    peer.flush()
    await clock.settle()
    peer.socket.end()
    await clock.settle()
    expect(await closed).toMatchObject({ code: 4000, wasClean: true })
    await piped
  })

  it('stops the peer when nobody reads', async () => {
    const { clock, peer, connection, socket } = openPair()
    const { readable } = toStreams(connection)
    peer.sendText(...Array.from({ length: 50 }, (_, index) => `${index}`))
    await clock.settle()
    expect(socket.isPaused()).toBe(true)
    const reader = readable.getReader()
    const seen: unknown[] = []
    while (seen.length < 50) {
      const next = reader.read()
      await clock.settle()
      seen.push((await next).value)
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, index) => `${index}`))
  })

  it('makes a writer wait while the peer does not read', async () => {
    const { clock, peer, connection } = openPair({ highWaterMarkBytes: 100 * KIB })
    const writer = toStreams(connection).writable.getWriter()
    let written = 0
    const writes = (async () => {
      for (let index = 0; index < 30; index++) {
        await writer.write(new Uint8Array(10 * KIB))
        written++
      }
    })()
    await clock.settle()
    const blockedAt = written
    expect(blockedAt).toBeLessThan(25)
    peer.read()
    for (let turn = 0; turn < 20; turn++) await clock.settle()
    await writes
    expect(peer.events).toHaveLength(30)
  })

  it('errors both streams when the connection breaks', async () => {
    const { clock, peer, connection } = openPair()
    const { readable, writable, closed } = toStreams(connection)
    const writer = writable.getWriter()
    writer.closed.catch(() => {})
    peer.socket.destroy()
    connection.terminate()
    await clock.settle()
    expect(await closed).toMatchObject({ code: 1006, wasClean: false })
    await expect(readable.getReader().read()).rejects.toBeInstanceOf(WebSocketClosedError)
    await expect(writer.write('x')).rejects.toBeInstanceOf(WebSocketClosedError)
  })

  it('closes the connection when the writable is closed or the readable cancelled', async () => {
    for (const end of ['close', 'cancel'] as const) {
      const { clock, peer, connection } = openPair()
      peer.read()
      const { readable, writable } = toStreams(connection)
      const ended = end === 'close' ? writable.close() : readable.cancel()
      await clock.settle()
      expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1000, wasClean: true })
      peer.socket.end()
      await clock.settle()
      await ended
    }
  })
})
