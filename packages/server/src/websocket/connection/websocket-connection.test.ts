import { afterEach, describe, expect, it, vi } from 'vitest'
import { prepareMessage } from './prepared-message.ts'
import { clientFrame } from '../../testing/websocket/endpoint.ts'
import { openPair, openTalkingPair, Recorder } from '../../testing/websocket/connection-pair.ts'
import { hex, utf8 } from '../../testing/websocket/hex.ts'
import { Opcode } from '../protocol/opcode.ts'

const KIB = 1024

afterEach(() => vi.restoreAllMocks())

describe('messages', () => {
  it('are delivered in order, texts as strings and the rest as bytes', async () => {
    const { clock, peer, recorder } = openTalkingPair()
    peer.protocol.sendMessage(utf8('\ufeffé'), { isText: true })
    peer.protocol.sendMessage(hex('00ff'), { isText: false })
    peer.flush()
    await clock.settle()
    expect(recorder.messages).toEqual(['\ufeffé', hex('00ff')])
  })

  it('that arrive before there are handlers are kept, and reading stops meanwhile', async () => {
    const { clock, socket, connection, peer, recorder } = openPair()
    peer.sendText('a', 'b')
    await clock.settle()
    expect(socket.isPaused()).toBe(true)
    connection.setHandlers(recorder)
    expect(recorder.messages).toEqual(['a', 'b'])
    peer.sendText('c')
    await clock.settle()
    expect(recorder.messages).toEqual(['a', 'b', 'c'])
  })

  it('stop within one message of pause, and none is lost', async () => {
    const { clock, connection, peer, recorder } = openTalkingPair()
    const deliver = recorder.message.bind(recorder)
    recorder.message = (data) => {
      deliver(data)
      connection.pause()
    }
    for (const text of ['a', 'b', 'c']) peer.sendText(text)
    await clock.settle()
    expect(recorder.messages).toEqual(['a'])
    connection.resume()
    expect(recorder.messages).toEqual(['a', 'b'])
    recorder.message = deliver
    connection.resume()
    await clock.settle()
    expect(recorder.messages).toEqual(['a', 'b', 'c'])
  })

  it('are delivered no more than so many in a turn', async () => {
    const { clock, peer, recorder } = openTalkingPair({ maxMessagesPerTurn: 2 })
    const perTurn: number[] = []
    clock.defer = (callback) => {
      perTurn.push(recorder.messages.length)
      queueMicrotask(callback)
    }
    peer.sendText('a', 'b', 'c', 'd', 'e')
    await clock.settle()
    expect(Math.max(...perTurn.map((count, turn) => count - (perTurn[turn - 1] ?? 0)))).toBe(2)
    expect(recorder.messages).toEqual(['a', 'b', 'c', 'd', 'e'])
  })

  it('that were sent in one turn leave in one write at its end', async () => {
    const { clock, socket, connection, peer } = openTalkingPair()
    const write = vi.spyOn(socket, 'write')
    const prepared = prepareMessage('shared')
    expect([connection.send('a'), connection.send(hex('62')), connection.sendPrepared(prepared)]).toEqual([
      true,
      true,
      true,
    ])
    expect(write).not.toHaveBeenCalled()
    await clock.settle()
    expect(write).toHaveBeenCalledTimes(1)
    expect(peer.texts).toEqual(['a', 'b', 'shared'])
    expect(connection.bufferedBytes).toBe(0)
  })

  it('that a handler throws at close the connection with 1011 and leave the process alone', async () => {
    const { clock, peer, recorder, errors } = openTalkingPair()
    recorder.message = () => {
      throw new Error('secret')
    }
    peer.sendText('a', 'b')
    await clock.settle()
    peer.socket.end()
    await clock.settle()
    expect(errors).toEqual(['a websocket handler threw'])
    expect(peer.events).toMatchObject([{ type: 'closed', code: 1011, reason: 'internal error' }])
    expect(recorder.closes).toEqual([{ code: 1011, reason: 'internal error', wasClean: false }])
  })
})

describe('closing (RFC 6455 §7)', () => {
  it('by us sends what was queued, waits for the answer, and ends the stream first', async () => {
    const { clock, connection, peer, recorder } = openTalkingPair()
    connection.send('last')
    connection.close(4000, 'bye')
    expect(connection.state).toBe('closing')
    expect(connection.send('later')).toBe(false)
    await clock.settle()
    expect(peer.texts).toEqual(['last'])
    expect(peer.hasEnded).toBe(false)
    peer.flush()
    await clock.settle()
    expect(peer.hasEnded).toBe(true)
    expect(recorder.closes).toEqual([])
    peer.socket.end()
    await clock.settle()
    expect(recorder.closes).toEqual([{ code: 4000, reason: '', wasClean: true }])
    expect(clock.timerCount).toBe(0)
  })

  it('by the peer is answered and reported once, after the last message', async () => {
    const { clock, connection, peer, recorder } = openTalkingPair()
    const order: string[] = []
    recorder.message = () => order.push('message')
    recorder.close = ({ code, reason, wasClean }) => order.push(`${code} ${reason} ${wasClean}`)
    peer.protocol.sendMessage(utf8('a'), { isText: true })
    peer.protocol.close(4001, 'bye')
    peer.flush()
    peer.socket.end()
    await clock.settle()
    expect(order).toEqual(['message', '4001 bye true'])
    expect(peer.events).toMatchObject([{ type: 'closed', code: 4001, wasClean: true }])
    expect(connection.state).toBe('closed')
  })

  it('waits for messages that were paused', async () => {
    const { clock, connection, peer, recorder } = openTalkingPair()
    connection.pause()
    peer.sendText('a')
    peer.protocol.close()
    peer.flush()
    peer.socket.end()
    await clock.settle()
    expect([recorder.messages, recorder.closes]).toEqual([[], []])
    connection.resume()
    expect(recorder.messages).toEqual(['a'])
    await clock.settle()
    expect(recorder.closes).toEqual([{ code: 1000, reason: '', wasClean: true }])
  })

  it('delivers what was paused at the latest a close timeout after the stream is gone, then the end', async () => {
    const { clock, socket, connection, peer, recorder } = openTalkingPair({ closeTimeoutMs: 5000 })
    connection.pause()
    peer.sendText('a')
    await clock.settle()
    socket.destroy()
    await clock.advanceAsync(4000)
    expect(recorder.closes).toEqual([])
    await clock.advanceAsync(2000)
    expect([recorder.messages, recorder.closes.length]).toEqual([['a'], 1])
    connection.resume()
    expect(recorder.messages).toEqual(['a'])
  })

  it('waits for paused messages no longer when the connection is closed at this end too', async () => {
    const { clock, connection, peer, recorder } = openTalkingPair()
    connection.pause()
    peer.sendText('a')
    peer.protocol.close()
    peer.flush()
    peer.socket.end()
    await clock.settle()
    connection.close()
    await clock.settle()
    expect(recorder.messages).toEqual([])
    expect(recorder.closes).toHaveLength(1)
  })

  it('takes no longer than the close timeout when the peer is silent', async () => {
    const { clock, socket, connection, recorder } = openTalkingPair({ closeTimeoutMs: 5000 })
    connection.close()
    await clock.advanceAsync(4000)
    expect(socket.destroyed).toBe(false)
    await clock.advanceAsync(2000)
    expect(socket.destroyed).toBe(true)
    expect(recorder.closes).toEqual([{ code: 1006, reason: '', wasClean: false }])
  })

  it('takes no longer when the peer keeps talking, and delivers none of it', async () => {
    const { clock, socket, connection, peer, recorder } = openTalkingPair({ closeTimeoutMs: 5000 })
    connection.close()
    for (let second = 0; second < 6; second++) {
      peer.socket.write(clientFrame(Opcode.text, utf8('still here')))
      await clock.advanceAsync(1000)
    }
    expect(socket.destroyed).toBe(true)
    expect(recorder.messages).toEqual([])
  })

  it('is abnormal if the stream ends or breaks without it', async () => {
    for (const breakStream of ['end', 'destroy'] as const) {
      const { clock, socket, connection, peer, recorder } = openTalkingPair()
      const onGone = vi.fn()
      connection.onGone(onGone)
      peer.socket[breakStream]()
      if (breakStream === 'destroy') socket.destroy(new Error('ECONNRESET'))
      await clock.settle()
      expect(recorder.closes).toEqual([{ code: 1006, reason: '', wasClean: false }])
      expect(onGone).toHaveBeenCalledTimes(1)
      expect([socket.destroyed, clock.timerCount]).toEqual([true, 0])
    }
  })

  it('at once drops everything and still reports the end', async () => {
    const { clock, socket, connection, peer, recorder } = openTalkingPair()
    connection.pause()
    peer.sendText('a')
    await clock.settle()
    connection.terminate()
    connection.terminate()
    await clock.settle()
    expect(socket.destroyed).toBe(true)
    expect(recorder.messages).toEqual([])
    expect(recorder.closes).toEqual([{ code: 1006, reason: '', wasClean: false }])
  })

  it('throws for a code or a reason that must not be sent', () => {
    const { connection } = openTalkingPair()
    for (const code of [1005, 1006, 1015, 0, 5000]) expect(() => connection.close(code)).toThrow(RangeError)
    expect(() => connection.close(1000, 'x'.repeat(124))).toThrow(RangeError)
    expect(connection.state).toBe('open')
  })
})

describe('peers that break the protocol', () => {
  it('are told so, and what they sent before is delivered', async () => {
    const { clock, peer, recorder, errors } = openTalkingPair()
    peer.sendText('good')
    peer.socket.write(hex('8100'))
    await clock.settle()
    peer.socket.end()
    await clock.settle()
    expect(recorder.messages).toEqual(['good'])
    expect(peer.events).toMatchObject([{ type: 'closed', code: 1002 }])
    expect(recorder.closes).toMatchObject([{ code: 1002, wasClean: false }])
    expect(errors).toEqual([])
  })

  it('with a flood of pings are closed with 1008', async () => {
    const { clock, peer } = openTalkingPair({ controlFrameRate: { perSecond: 1, burst: 100 } })
    const pings = Array.from({ length: 100 }, () => clientFrame(Opcode.ping, utf8('?')))
    peer.socket.write(Buffer.concat(pings))
    await clock.settle()
    expect(peer.events).toEqual(Array.from({ length: 16 }, () => ({ type: 'pong', data: utf8('?') })))
    peer.socket.write(clientFrame(Opcode.ping, utf8('!')))
    await clock.settle()
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1008 })
  })

  it('that dribble a message are closed with 1008 at the deadline', async () => {
    const { clock, peer } = openTalkingPair({ messageTimeoutMs: 30_000, maxMessageBytes: 1_000_000 })
    peer.socket.write(clientFrame(Opcode.text, new Uint8Array(0), { isFinal: false }))
    for (let second = 0; second < 29; second++) {
      peer.socket.write(clientFrame(Opcode.continuation, utf8('x'), { isFinal: false }))
      await clock.advanceAsync(1000)
    }
    expect(peer.events).toEqual([])
    await clock.advanceAsync(2000)
    expect(peer.events).toMatchObject([{ type: 'closed', code: 1008 }])
  })

  it('may take that long for each of many messages, whatever the chunks', async () => {
    const { clock, peer, recorder } = openTalkingPair({ messageTimeoutMs: 30_000 })
    const frame = clientFrame(Opcode.text, utf8('ab'))
    peer.socket.write(frame.subarray(0, 3))
    for (let round = 0; round < 5; round++) {
      await clock.advanceAsync(20_000)
      peer.socket.write(Buffer.concat([frame.subarray(3), frame.subarray(0, 3)]))
    }
    await clock.settle()
    expect(recorder.messages).toEqual(['ab', 'ab', 'ab', 'ab', 'ab'])
    expect(recorder.closes).toEqual([])
  })
})

describe('many messages', () => {
  it('are delivered so many in a turn, however many chunks they come in', async () => {
    const { clock, recorder, socket } = openTalkingPair({ maxMessagesPerTurn: 3 })
    const frame = clientFrame(Opcode.text, utf8('a'))
    for (let chunk = 0; chunk < 10; chunk++) socket.emit('data', Uint8Array.from(frame))
    expect(recorder.messages).toHaveLength(3)
    await clock.settle()
    expect(recorder.messages).toHaveLength(10)
  })
})

describe('frames that deliver nothing', () => {
  it('are read so many in a turn, then others have theirs', async () => {
    const { clock, socket, recorder } = openTalkingPair({
      maxMessagesPerTurn: 10,
      controlFrameRate: { perSecond: Infinity, burst: Infinity },
    })
    const pings = Buffer.concat(Array.from({ length: 20 }, () => clientFrame(Opcode.ping, utf8('?'))))
    socket.emit('data', Uint8Array.from(pings))
    expect(socket.isPaused()).toBe(true)
    await clock.settle()
    expect([socket.isPaused(), recorder.closes]).toEqual([false, []])
  })
})

describe('streams that fail', () => {
  it('are ended, also if the error did not end them', async () => {
    const { clock, socket, recorder } = openTalkingPair()
    socket.emit('error', new Error('renegotiation'))
    await clock.settle()
    expect([socket.destroyed, recorder.closes]).toEqual([true, [{ code: 1006, reason: '', wasClean: false }]])
  })
})

describe('peers that do not read', () => {
  it('are told to the application by bufferedBytes, exactly, and by drain', async () => {
    const { clock, connection, peer, recorder } = openPair({ highWaterMarkBytes: 100 * KIB })
    connection.setHandlers(recorder)
    const message = prepareMessage(new Uint8Array(10 * KIB))
    const leftAtDrain: number[] = []
    recorder.drain = () => leftAtDrain.push(connection.bufferedBytes)
    for (let index = 0; index < 20; index++) connection.sendPrepared(message)
    expect(connection.bufferedBytes).toBe(20 * message.frames[0]!.length)
    await clock.settle()
    expect(connection.bufferedBytes).toBeGreaterThan(100 * KIB)
    expect(leftAtDrain).toEqual([])
    peer.read()
    await clock.settle()
    expect(connection.bufferedBytes).toBe(0)
    expect(leftAtDrain).toHaveLength(1)
    expect(leftAtDrain[0]).toBeLessThanOrEqual(50 * KIB)
    expect(peer.events).toHaveLength(20)
  })

  it('are not reported as drained when they were never behind', async () => {
    const { clock, connection, recorder } = openTalkingPair({ highWaterMarkBytes: 100 * KIB })
    connection.send(new Uint8Array(50 * KIB))
    await clock.settle()
    expect(connection.bufferedBytes).toBe(0)
    expect(recorder.drains).toBe(0)
  })

  it('are closed with 1013 at the hard limit, and what waits for them is dropped', async () => {
    const { clock, connection, peer } = openPair({ maxBufferedBytes: 500 * KIB })
    connection.setHandlers(new Recorder())
    const message = prepareMessage(new Uint8Array(100 * KIB))
    const sent = Array.from({ length: 6 }, () => connection.sendPrepared(message))
    expect(sent).toEqual([true, true, true, true, false, false])
    expect(connection.bufferedBytes).toBeLessThan(KIB)
    peer.read()
    await clock.settle()
    expect(peer.events).toMatchObject([{ type: 'closed', code: 1013 }])
  })

  it('may be sent one message beyond the limit when nothing waits', async () => {
    const { clock, connection, peer } = openTalkingPair({ maxBufferedBytes: 10 * KIB })
    expect(connection.send('x'.repeat(300 * KIB))).toBe(true)
    await clock.settle()
    expect(peer.texts).toEqual(['x'.repeat(300 * KIB)])
  })

  it('are terminated when they take nothing for too long, although they talk', async () => {
    const { clock, socket, connection, peer, recorder } = openPair({ noProgressTimeoutMs: 10_000 })
    connection.setHandlers(recorder)
    connection.send(new Uint8Array(200 * KIB))
    for (let second = 0; second < 9; second++) {
      peer.sendText('still here')
      await clock.advanceAsync(1000)
    }
    expect(socket.destroyed).toBe(false)
    await clock.advanceAsync(2000)
    expect(recorder.closes).toEqual([{ code: 1006, reason: '', wasClean: false }])
  })

  it('get the pong before the messages that wait', async () => {
    const { clock, connection, peer } = openPair()
    connection.setHandlers(new Recorder())
    for (let index = 0; index < 10; index++) connection.send(new Uint8Array(30 * KIB))
    await clock.settle()
    peer.socket.write(clientFrame(Opcode.ping, utf8('?')))
    await clock.settle()
    peer.read()
    await clock.settle()
    const position = peer.events.findIndex(({ type }) => type === 'pong')
    expect(position).toBeGreaterThan(0)
    expect(position).toBeLessThan(6)
    expect(peer.events).toHaveLength(11)
  })
})

describe('the heartbeat', () => {
  it('pings a silent peer and terminates it when nothing comes back', async () => {
    const { clock, peer, recorder } = openTalkingPair({ pingAfterMs: 25_000, pongTimeoutMs: 10_000 })
    await clock.advanceAsync(24_000)
    expect(peer.events).toEqual([])
    await clock.advanceAsync(1000)
    expect(peer.events).toEqual([{ type: 'ping', data: new Uint8Array(0) }])
    await clock.advanceAsync(9000)
    expect(recorder.closes).toEqual([])
    await clock.advanceAsync(1000)
    expect(recorder.closes).toEqual([{ code: 1006, reason: '', wasClean: false }])
    expect(clock.timerCount).toBe(0)
  })

  it('leaves a peer alone that answers', async () => {
    const { clock, peer, recorder } = openTalkingPair()
    for (let minute = 0; minute < 5; minute++) {
      for (let second = 0; second < 60; second++) {
        await clock.advanceAsync(1000)
        peer.flush()
      }
    }
    expect(peer.events.length).toBeGreaterThan(8)
    expect(recorder.closes).toEqual([])
  })

  it('hears the pong that waited out a stall of the event loop', async () => {
    const { clock, connection, recorder, socket } = openTalkingPair({
      pingAfterMs: 25_000,
      pongTimeoutMs: 10_000,
    })
    await clock.advanceAsync(34_000)
    const defer = clock.defer.bind(clock)
    const spy = vi.spyOn(clock, 'defer').mockImplementationOnce((callback) => {
      // The poll phase, which reads the pong, lies between a timer and what it defers.
      socket.emit('data', clientFrame(Opcode.pong, new Uint8Array(0)))
      defer(callback)
    })
    await clock.advanceAsync(1000)
    expect(spy).toHaveBeenCalled()
    expect(connection.state).toBe('open')
    expect(recorder.closes).toEqual([])
  })

  it('does not blame a peer for silence while we are not reading', async () => {
    const { clock, connection, peer, recorder } = openTalkingPair()
    connection.pause()
    peer.sendText('a')
    await clock.advanceAsync(120_000)
    connection.resume()
    await clock.settle()
    expect(recorder.messages).toEqual(['a'])
    expect(recorder.closes).toEqual([])
  })
})
