import { Duplex } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../testing/fake-clock.ts'
import { PendingRequests } from './pending-requests.ts'

class Connection extends Duplex {
  readonly remoteAddress: string | undefined
  readonly remotePort: number | undefined
  readonly written: string[] = []

  constructor(remoteAddress?: string, remotePort?: number) {
    super()
    this.remoteAddress = remoteAddress
    this.remotePort = remotePort
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(chunk.toString('latin1'))
    done()
  }
}

function setUp(hasOneSocketEach: boolean, maxPerGroup = 10) {
  const clock = new FakeClock()
  const requests = new PendingRequests({
    clock,
    timeoutMs: () => 1000,
    maxPerGroup: () => maxPerGroup,
    hasOneSocketEach,
  })
  return { clock, requests }
}

describe.each([
  ['by its object', true],
  ['by its address', false],
])('a connection known %s', (_, hasOneSocketEach) => {
  it('has an answer and is ended when its time is over', () => {
    const { clock, requests } = setUp(hasOneSocketEach)
    const socket = new Connection('10.0.0.1', 1)
    requests.begin(socket, true)
    clock.advance(1000)
    expect(socket.written.join('')).toContain('408')
    expect([socket.destroyed, requests.of(socket), clock.timerCount]).toEqual([true, undefined, 0])
  })

  it('is left alone once its request has come, and has no listener of ours then', () => {
    const { clock, requests } = setUp(hasOneSocketEach)
    const socket = new Connection('10.0.0.1', 1)
    requests.begin(socket, true)
    requests.end(socket)
    requests.end(socket)
    clock.advance(5000)
    expect([socket.destroyed, socket.listenerCount('close'), clock.timerCount]).toEqual([false, 0, 0])
  })

  it('is forgotten when it closes', async () => {
    const { clock, requests } = setUp(hasOneSocketEach)
    const socket = new Connection('10.0.0.1', 1)
    requests.begin(socket, true)
    socket.destroy()
    await new Promise((resolve) => socket.once('close', resolve))
    expect([requests.of(socket), clock.timerCount]).toEqual([undefined, 0])
  })

  it('makes room for the newest of its address', () => {
    const { requests } = setUp(hasOneSocketEach, 2)
    const sockets = [1, 2, 3].map((port) => new Connection('10.0.0.1', port))
    for (const socket of sockets) requests.begin(socket, true)
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false, false])
  })

  it('is watched no more after clear', () => {
    const { clock, requests } = setUp(hasOneSocketEach)
    const sockets = [1, 2, 3].map((port) => new Connection('10.0.0.1', port))
    for (const socket of sockets) requests.begin(socket, true)
    requests.clear()
    clock.advance(5000)
    expect(sockets.map((socket) => [socket.destroyed, socket.listenerCount('close')])).toEqual(
      sockets.map(() => [false, 0]),
    )
    expect(clock.timerCount).toBe(0)
  })
})

it('knows what TLS makes of a connection by the address of both', () => {
  const { clock, requests } = setUp(false)
  const [raw, secure] = [new Connection('10.0.0.1', 1), new Connection('10.0.0.1', 1)]
  requests.begin(raw, false)
  clock.advance(400)
  requests.secured(secure)
  clock.advance(600)
  expect([secure.written.length, secure.destroyed]).toEqual([1, true])
})

it('watches a Unix socket from the end of its TLS handshake on', () => {
  const { clock, requests } = setUp(false)
  const [raw, secure] = [new Connection(), new Connection()]
  requests.begin(raw, false)
  expect(clock.timerCount).toBe(0)
  requests.secured(secure)
  clock.advance(1000)
  expect([raw.destroyed, secure.destroyed]).toEqual([false, true])
})
