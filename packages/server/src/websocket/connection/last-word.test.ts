// What happens around the peer's last word: a Close frame, or a breach of the protocol.
import { describe, expect, it } from 'vitest'
import { openTalkingPair, type openPair } from '../../testing/websocket/connection-pair.ts'
import { clientFrame } from '../../testing/websocket/endpoint.ts'
import { hex, utf8 } from '../../testing/websocket/hex.ts'
import { Opcode } from '../protocol/opcode.ts'

const text = (value: string): Uint8Array => clientFrame(Opcode.text, utf8(value))
const close = (code: number): Uint8Array => clientFrame(Opcode.close, Uint8Array.of(code >> 8, code & 0xff))

/** What the peer sees, as words. */
function heard(peer: ReturnType<typeof openPair>['peer']): string[] {
  return peer.events.map((event) => {
    if (event.type === 'message') return Buffer.from(event.data).toString()
    return event.type === 'closed' ? `closed ${event.code}` : event.type
  })
}

/** A pair whose server answers each message in capitals. */
function openEchoPair() {
  const pair = openTalkingPair()
  pair.recorder.message = (data) => void pair.connection.send(String(data).toUpperCase())
  return pair
}

describe('the messages before the last word', () => {
  it.each([
    ['a Close frame', close(3000), 'closed 3000'],
    ['a reserved opcode', hex('8380'), 'closed 1002'],
    ['an unmasked frame', hex('8100'), 'closed 1002'],
    ['text that is not UTF-8', clientFrame(Opcode.text, hex('ff')), 'closed 1007'],
    ['a frame that is too long', hex('82ff000000ffffffffff00000000'), 'closed 1009'],
  ])('are answered before %s in the same chunk', async (_, last, closed) => {
    const { clock, peer, recorder } = openEchoPair()
    peer.socket.write(Buffer.concat([text('a'), text('b'), last, text('c')]))
    await clock.settle()
    expect(heard(peer)).toEqual(['A', 'B', closed])
    peer.socket.end()
    await clock.settle()
    expect(recorder.closes).toHaveLength(1)
  })

  it('are answered in as many turns as it takes', async () => {
    const { clock, peer, connection, recorder } = openTalkingPair({ maxMessagesPerTurn: 2 })
    recorder.message = (data) => void connection.send(data)
    const texts = ['1', '2', '3', '4', '5', '6', '7']
    peer.socket.write(Buffer.concat([...texts.map(text), close(1000)]))
    await clock.settle()
    expect(heard(peer)).toEqual([...texts, 'closed 1000'])
  })

  it('hold the answer up while it is paused, no longer than closing may take, and are not lost', async () => {
    const { clock, peer, connection, recorder } = openTalkingPair({ closeTimeoutMs: 5000 })
    connection.pause()
    peer.socket.write(Buffer.concat([text('a'), close(1000)]))
    await clock.advanceAsync(4000)
    expect(heard(peer)).toEqual([])
    await clock.advanceAsync(2000)
    expect(heard(peer)).toEqual(['closed 1000'])
    peer.socket.end()
    await clock.advanceAsync(6000)
    expect([recorder.messages, recorder.closes]).toEqual([
      ['a'],
      [{ code: 1000, reason: '', wasClean: true }],
    ])
  })

  it('are delivered before the end when the stream ends with them', async () => {
    const { clock, peer, recorder } = openTalkingPair()
    peer.socket.write(Buffer.concat([text('a'), close(1001)]))
    peer.socket.end()
    await clock.settle()
    expect([recorder.messages, recorder.closes]).toEqual([
      ['a'],
      [{ code: 1001, reason: '', wasClean: true }],
    ])
  })
})

describe('rates', () => {
  const burst = (count: number): { perSecond: number; burst: number } => ({ perSecond: 1, burst: count })

  it.each([
    ['messages', { messageRate: burst(3) }],
    ['bytes', { byteRate: burst(30) }],
  ])('of %s close with 1008 when they are exceeded', async (_, limits) => {
    const { clock, peer, recorder } = openTalkingPair(limits)
    peer.socket.write(Buffer.concat([text('a'), text('b'), text('c')]))
    await clock.settle()
    expect(recorder.messages).toEqual(['a', 'b', 'c'])
    peer.socket.write(Buffer.concat([text('d'), text('e')]))
    await clock.settle()
    expect(peer.events.at(-1)).toMatchObject({ type: 'closed', code: 1008 })
    expect(recorder.messages).toEqual(['a', 'b', 'c'])
  })

  it('let a peer go on that keeps within them', async () => {
    const { clock, peer, recorder } = openTalkingPair({ messageRate: burst(2) })
    for (let second = 0; second < 20; second++) {
      peer.socket.write(text('a'))
      await clock.advanceAsync(1000)
    }
    expect(recorder.messages).toHaveLength(20)
    expect(recorder.closes).toEqual([])
  })
})
