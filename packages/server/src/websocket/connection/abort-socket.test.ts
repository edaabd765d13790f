import { duplexPair, Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { abortSocket } from './abort-socket.ts'

/** As much of a stream of HTTP/2 as matters here. */
class FakeHttp2Stream extends Duplex {
  rstCode: number | undefined = undefined

  override get closed(): boolean {
    return this.rstCode !== undefined
  }

  close(code: number): void {
    this.rstCode = code
  }
}

it('destroys a socket', () => {
  const [socket] = duplexPair()
  abortSocket(socket)
  expect(socket.destroyed).toBe(true)
})

it('resets a stream of HTTP/2 with CANCEL first, unless it is closed already (RFC 8441 §5)', () => {
  const stream = new FakeHttp2Stream()
  abortSocket(stream)
  expect([stream.rstCode, stream.destroyed]).toEqual([8, true])
  const closed = new FakeHttp2Stream()
  closed.close(0)
  abortSocket(closed)
  expect([closed.rstCode, closed.destroyed]).toEqual([0, true])
})
