import type { WebSocket as UndiciWebSocket } from 'undici'
import { describe, expect, expectTypeOf, it, onTestFinished, vi } from 'vitest'
import { webSocketTransport, type WebSocketConstructor } from './websocket-transport.ts'

class FakeSocket extends EventTarget {
  static latest: FakeSocket
  binaryType = 'blob'
  protocol = ''
  bufferedAmount = 7
  readonly calls: unknown[]

  constructor(url: string, protocols: string[]) {
    super()
    this.calls = [['new', url, protocols]]
    FakeSocket.latest = this
  }

  send(data: unknown): void {
    this.calls.push(['send', data])
  }

  close(code: number, reason: string): void {
    this.calls.push(['close', code, reason])
  }
}

function open() {
  const heard: unknown[] = []
  const transport = webSocketTransport(FakeSocket as unknown as WebSocketConstructor)
  const connection = transport('wss://x', ['roomcast.v1.json'], {
    open: (protocol) => heard.push(['open', protocol]),
    message: (payload) => heard.push(['message', payload]),
    close: (code, reason) => heard.push(['close', code, reason]),
  })
  return { heard, connection, socket: FakeSocket.latest }
}

describe('webSocketTransport', () => {
  it('offers the subprotocol and asks for bytes as buffers', () => {
    const { socket } = open()
    expect(socket.calls).toEqual([['new', 'wss://x', ['roomcast.v1.json']]])
    expect(socket.binaryType).toBe('arraybuffer')
  })

  it('passes on what the socket tells', () => {
    const { heard, socket } = open()
    socket.protocol = 'roomcast.v1.json'
    socket.dispatchEvent(new Event('open'))
    socket.dispatchEvent(new MessageEvent('message', { data: 'text' }))
    socket.dispatchEvent(new MessageEvent('message', { data: Uint8Array.of(1, 2).buffer }))
    socket.dispatchEvent(Object.assign(new Event('close'), { code: 1001, reason: 'bye' }))
    expect(heard).toEqual([
      ['open', 'roomcast.v1.json'],
      ['message', 'text'],
      ['message', Uint8Array.of(1, 2)],
      ['close', 1001, 'bye'],
    ])
  })

  it('sends, and tells how much waits', () => {
    const { connection, socket } = open()
    connection.send('text')
    expect(socket.calls.slice(1)).toEqual([['send', 'text']])
    expect(connection.bufferedBytes).toBe(7)
  })

  it('closes with code and reason', () => {
    const { connection, socket } = open()
    connection.close(4003, '')
    expect(socket.calls.at(-1)).toEqual(['close', 4003, ''])
  })

  it('takes the WebSocket of browsers and that of undici', () => {
    expectTypeOf<typeof WebSocket>().toExtend<WebSocketConstructor>()
    expectTypeOf<typeof UndiciWebSocket>().toExtend<WebSocketConstructor>()
  })

  it('listens for errors, which some classes throw if nobody does', () => {
    const types: string[] = []
    const Listened = class extends FakeSocket {
      override addEventListener(...args: Parameters<EventTarget['addEventListener']>): void {
        types.push(args[0])
        super.addEventListener(...args)
      }
    }
    const handlers = { open() {}, message() {}, close() {} }
    webSocketTransport(Listened as unknown as WebSocketConstructor)('wss://x', [], handlers)
    expect(types).toContain('error')
  })

  it('says what to do where there is no WebSocket', () => {
    vi.stubGlobal('WebSocket', undefined)
    onTestFinished(() => void vi.unstubAllGlobals())
    const handlers = { open() {}, message() {}, close() {} }
    expect(() => webSocketTransport()('wss://x', [], handlers)).toThrow('pass one as `WebSocket`')
  })
})
