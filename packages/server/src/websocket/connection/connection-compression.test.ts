// Compression in the pipeline of a connection, with a compressor that says when it is done.
import { describe, expect, it } from 'vitest'
import { defer } from '../../testing/deferred.ts'
import { openTalkingPair } from '../../testing/websocket/connection-pair.ts'
import { MASK_KEY } from '../../testing/websocket/endpoint.ts'
import { hex, utf8 } from '../../testing/websocket/hex.ts'
import { encodeMessage } from '../protocol/frame-writer.ts'
import { protocolErrors } from '../protocol/protocol-error.ts'
import type { Compression } from './compression.ts'
import { prepareMessage } from './prepared-message.ts'

const ascii = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** "Compresses" by putting brackets around; messages that begin with "slow" wait for `release`. */
function createCompression(isStateless = false) {
  const gate = defer()
  const calls: string[] = []
  const when = <T>(text: string, result: T): T | Promise<T> =>
    text.includes('slow') ? gate.promise.then(() => result) : result
  const compression: Compression = {
    compressor: {
      isStateless,
      deflate: (payload) => {
        const text = ascii(payload)
        calls.push(`deflate ${text}`)
        return when(text, text.includes('short') ? undefined : utf8(`<${text}>`))
      },
    },
    decompressor: {
      inflate: (compressed) => {
        const text = ascii(compressed)
        calls.push(`inflate ${text}`)
        if (text.includes('bad')) return when(text, protocolErrors.internal)
        return when(text, Uint8Array.from(Buffer.from(text.slice(1, -1), 'latin1')))
      },
    },
  }
  return { compression, calls, gate }
}

/** A compressed text as a client sends it. */
const squeezed = (text: string): Uint8Array =>
  Buffer.concat(
    encodeMessage(Buffer.from(`<${text}>`, 'latin1'), {
      isText: true,
      isCompressed: true,
      generateMask: () => MASK_KEY,
    }),
  )
const plain = (text: string): Uint8Array =>
  Buffer.concat(encodeMessage(utf8(text), { isText: true, generateMask: () => MASK_KEY }))

describe('compressed messages from a peer', () => {
  it('are restored, those that are not compressed left alone', async () => {
    const { clock, peer, recorder } = openTalkingPair({}, createCompression().compression)
    peer.socket.write(Buffer.concat([squeezed('a'), plain('b'), squeezed('c')]))
    await clock.settle()
    expect(recorder.messages).toEqual(['a', 'b', 'c'])
  })

  it('keep their order when restoring one takes time, and the peer waits', async () => {
    const { compression, calls, gate } = createCompression()
    const { clock, peer, recorder, socket } = openTalkingPair({}, compression)
    peer.socket.write(Buffer.concat([squeezed('slow'), plain('b'), squeezed('c')]))
    await clock.settle()
    expect(recorder.messages).toEqual([])
    expect(calls).toEqual(['inflate <slow>'])
    expect(socket.isPaused()).toBe(true)
    gate.resolve()
    await clock.settle()
    expect(recorder.messages).toEqual(['slow', 'b', 'c'])
    expect(socket.isPaused()).toBe(false)
  })

  it.each(['bad', 'slow and bad'])(
    'that are %s close with their code, after answers to earlier ones',
    async (text) => {
      const { compression, gate } = createCompression()
      const { clock, peer, connection, recorder } = openTalkingPair({}, compression)
      recorder.message = (data) => void connection.send(data, { compress: false })
      peer.socket.write(Buffer.concat([plain('a'), squeezed(text), plain('never')]))
      gate.resolve()
      await clock.settle()
      expect(peer.texts).toEqual(['a'])
      expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1011, wasClean: true })
    },
  )

  it('must hold UTF-8 if they are texts (RFC 7692 §6.2, RFC 6455 §8.1)', async () => {
    const { clock, peer, recorder } = openTalkingPair({}, createCompression().compression)
    peer.socket.write(squeezed('\xff'))
    await clock.settle()
    expect(recorder.messages).toEqual([])
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1007 })
  })

  it('count with what comes out of them against the rate of bytes', async () => {
    const byteRate = { perSecond: 1, burst: 100 }
    const { compression } = createCompression()
    const inflate = (): Uint8Array => new Uint8Array(60)
    const { clock, peer, recorder } = openTalkingPair(
      { byteRate },
      { ...compression, decompressor: { inflate } },
    )
    peer.socket.write(Buffer.concat([squeezed('a'), squeezed('b')]))
    await clock.settle()
    expect(recorder.messages).toHaveLength(1)
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1008 })
  })

  it('are answered before the Close that came behind them', async () => {
    const { compression, gate } = createCompression()
    const { clock, peer, connection, recorder } = openTalkingPair({}, compression)
    recorder.message = (data) => void connection.send(data, { compress: false })
    peer.socket.write(Buffer.concat([squeezed('slow'), hex('8882 00000000 03e8')]))
    await clock.settle()
    expect(peer.events).toEqual([])
    gate.resolve()
    await clock.settle()
    expect(peer.texts).toEqual(['slow'])
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1000 })
  })
})

describe('the end of the stream', () => {
  it('is told after the message that was being restored', async () => {
    const { compression, gate } = createCompression()
    const { clock, peer, recorder, socket } = openTalkingPair({}, compression)
    const order: string[] = []
    recorder.message = (data) => void order.push(String(data))
    recorder.close = () => void order.push('closed')
    peer.socket.write(squeezed('slow'))
    await clock.settle()
    socket.destroy()
    await clock.settle()
    expect(order).toEqual([])
    gate.resolve()
    await clock.settle()
    expect(order).toEqual(['slow', 'closed'])
  })
})

describe('a message that is being restored', () => {
  const endings = {
    'terminate()': ({ connection }) => connection.terminate(),
    'close()': ({ connection }) => connection.close(),
    'a reset': ({ socket }) => socket.destroy(),
    'a FIN': ({ peer }) => peer.socket.end(),
  } satisfies Record<string, (pair: ReturnType<typeof openTalkingPair>) => unknown>

  it.each(Object.entries(endings))('does not outlive %s, and the end comes once', async (name, end) => {
    for (const text of ['slow', 'slow and bad']) {
      for (const when of ['before', 'after'] as const) {
        const { compression, gate } = createCompression()
        const pair = openTalkingPair({}, compression)
        const { clock, peer, socket, recorder } = pair
        peer.socket.write(squeezed(text))
        await clock.settle()
        if (when === 'after') gate.resolve()
        end(pair)
        await clock.settle()
        gate.resolve()
        await clock.settle()
        socket.destroy()
        await clock.settle()
        expect([name, text, when, recorder.closes.length]).toEqual([name, text, when, 1])
        if (name.endsWith('()')) expect(recorder.messages).toEqual([])
      }
    }
  })
})

describe('messages to a peer', () => {
  it('are compressed, unless that does not help or is not wanted', async () => {
    const { clock, peer, connection } = openTalkingPair({}, createCompression().compression)
    connection.send('long')
    connection.send('short')
    connection.send('secret', { compress: false })
    await clock.settle()
    expect(peer.events.map((event) => 'isCompressed' in event && event.isCompressed)).toEqual([
      true,
      false,
      false,
    ])
    expect(peer.texts).toEqual(['<long>', 'short', 'secret'])
  })

  it('keep their order when compressing one takes time, the Close too', async () => {
    const { compression, gate } = createCompression()
    const { clock, peer, connection } = openTalkingPair({}, compression)
    connection.send('slow')
    connection.send('secret', { compress: false })
    connection.send('b')
    expect(connection.bufferedBytes).toBe(11)
    connection.close(4000)
    expect([connection.state, connection.send('too late')]).toEqual(['closing', false])
    await clock.settle()
    expect(peer.events).toEqual([])
    gate.resolve()
    await clock.settle()
    expect(peer.texts).toEqual(['<slow>', 'secret', '<b>'])
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 4000 })
    expect(connection.bufferedBytes).toBe(0)
  })

  it('are dropped with the connection, whatever is still being compressed', async () => {
    const { compression, gate } = createCompression()
    const { clock, connection, recorder } = openTalkingPair({}, compression)
    connection.send('slow')
    connection.send('b')
    connection.terminate()
    gate.resolve()
    await clock.settle()
    expect([connection.bufferedBytes, recorder.closes.length]).toEqual([0, 1])
  })

  it('are compressed once for all connections that share a compressor', async () => {
    const { compression, calls } = createCompression(true)
    const pairs = [openTalkingPair({}, compression), openTalkingPair({}, compression)]
    const message = prepareMessage('news')
    for (const { connection } of pairs) connection.sendPrepared(message)
    for (const { clock, peer } of pairs) {
      await clock.settle()
      expect(peer.texts).toEqual(['<news>'])
    }
    expect(calls).toEqual(['deflate news'])
  })

  it('do not wait for others when none takes time', async () => {
    const { compression, gate } = createCompression(true)
    const [slow, quick] = [openTalkingPair({}, compression), openTalkingPair({}, compression)]
    const message = prepareMessage('slow news')
    slow.connection.sendPrepared(message)
    quick.connection.send('now')
    await quick.clock.settle()
    expect(quick.peer.texts).toEqual(['<now>'])
    gate.resolve()
    await slow.clock.settle()
    expect(slow.peer.texts).toEqual(['<slow news>'])
  })
})
