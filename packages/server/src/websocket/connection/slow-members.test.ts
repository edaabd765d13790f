import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../clock.ts'
import { silentLogger } from '../../logger.ts'
import { FakeClock } from '../../testing/fake-clock.ts'
import { openPair, openTalkingPair } from '../../testing/websocket/connection-pair.ts'
import { DEFAULT_WEBSOCKET_LIMITS } from '../websocket-limits.ts'
import type { Compression, Compressor } from './compression.ts'
import { ConnectionContext } from './connection-context.ts'
import { ConnectionGroup } from './connection-group.ts'
import { Heartbeat } from './heartbeat.ts'
import { WebSocketConnection } from './websocket-connection.ts'

const KIB = 1024

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close()
})

function compressionWith(compressor: Compressor): Compression {
  return { compressor, decompressor: { inflate: (compressed) => compressed } }
}

describe('a member that does not read', () => {
  it('is closed with 1013 at the hard limit, also if its messages are compressed for it alone', async () => {
    const compression = compressionWith({ isStateless: false, deflate: (payload) => payload })
    const { clock, connection, peer } = openPair({ maxBufferedBytes: 100 * KIB }, compression)
    connection.setHandlers({ message: () => {} })
    const group = new ConnectionGroup()
    group.add(connection)
    for (let turn = 0; turn < 20; turn++) {
      group.send(new Uint8Array(10 * KIB))
      await clock.settle()
    }
    expect([connection.state, group.size]).toEqual(['closed', 0])
    peer.read()
    await clock.settle()
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1013 })
  })

  it('counts what waits behind a message that is being compressed', async () => {
    const release: (() => void)[] = []
    const deflate = (payload: Uint8Array): undefined | Promise<undefined> =>
      payload.length > 100 ? new Promise((resolve) => release.push(() => resolve(undefined))) : undefined
    const compression = compressionWith({ isStateless: true, deflate })
    const { clock, connection } = openTalkingPair({ maxBufferedBytes: 5 * KIB }, compression)
    const group = new ConnectionGroup()
    group.add(connection)
    group.send(new Uint8Array(200))
    for (let turn = 0; turn < 100 && connection.state === 'open'; turn++) {
      group.send(new Uint8Array(90))
      await clock.settle()
      if (connection.state === 'open')
        expect(connection.bufferedBytes).toBeGreaterThanOrEqual(200 + 90 * turn)
    }
    expect([connection.state, connection.bufferedBytes]).toEqual(['closed', 0])
    for (const finish of release) finish()
  })

  it('is sent nothing behind the Close that the limit made of it', async () => {
    const { clock, connection, peer } = openPair({ maxBufferedBytes: 50 * KIB })
    connection.setHandlers({ message: () => {} })
    const group = new ConnectionGroup()
    group.add(connection)
    connection.send(new Uint8Array(40 * KIB))
    await clock.settle()
    group.send(new Uint8Array(20 * KIB))
    expect(connection.send('after')).toBe(false)
    peer.read()
    await clock.settle()
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1013 })
    expect(peer.texts).not.toContain('after')
  })

  it('gets large messages in slices, so that each that is taken counts as progress', async () => {
    const { clock, connection, socket, peer } = openTalkingPair()
    const write = vi.spyOn(socket, 'write')
    const group = new ConnectionGroup()
    group.add(connection)
    group.send(new Uint8Array(500 * KIB))
    await clock.settle()
    const sizes = write.mock.calls.map(([bytes]) => (bytes as Uint8Array).length)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(128 * KIB + 14)
    expect(peer.events).toHaveLength(1)
  })
})

describe('a socket that is not full', () => {
  it('is heard of when it has been emptied, if its connection was congested', async () => {
    const held: (() => void)[] = []
    const socket = new Duplex({
      read: () => {},
      write: (_chunk, _encoding, callback) => void held.push(callback),
      highWaterMark: 16 * KIB,
    })
    const clock = new FakeClock()
    const limits = { ...DEFAULT_WEBSOCKET_LIMITS, highWaterMarkBytes: 8 * KIB }
    const heartbeat = new Heartbeat({ clock, limits })
    const context = new ConnectionContext({ limits, clock, logger: silentLogger, heartbeat })
    const connection = new WebSocketConnection(socket, context)
    const [congested, drain] = [vi.fn(), vi.fn()]
    connection.setHandlers({ message: () => {}, congested, drain })
    connection.send(new Uint8Array(9 * KIB))
    await clock.settle()
    expect([connection.isCongested, congested.mock.calls.length, drain.mock.calls.length]).toEqual([
      true,
      1,
      0,
    ])
    for (const taken of held) taken()
    await clock.settle()
    expect([connection.isCongested, drain.mock.calls.length, connection.bufferedBytes]).toEqual([false, 1, 0])
  })
})

describe('small messages to a socket that takes nothing', () => {
  it('keep no more memory alive than they have bytes', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
    closers.push(
      () => server.close(),
      () => client.destroy(),
    )
    const [socket] = (await once(server, 'connection')) as [Socket]
    closers.push(() => socket.destroy())
    const limits = DEFAULT_WEBSOCKET_LIMITS
    const heartbeat = new Heartbeat({ clock: systemClock, limits })
    closers.push(() => heartbeat.stop())
    const context = new ConnectionContext({ limits, clock: systemClock, logger: silentLogger, heartbeat })
    const connection = new WebSocketConnection(socket, context)
    connection.setHandlers({ message: () => {} })
    while (connection.bufferedBytes === 0) {
      connection.send(new Uint8Array(4 * KIB))
      await nextTurn()
    }
    const before = process.memoryUsage().arrayBuffers
    for (let turn = 0; turn < 300; turn++) {
      connection.send('0123456789')
      await nextTurn()
    }
    expect(connection.state).toBe('open')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * 1024 * KIB)
  })
})
