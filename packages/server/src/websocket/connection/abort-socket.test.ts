import { duplexPair, PassThrough, type Duplex } from 'node:stream'
import { expect, it } from 'vitest'
import { abortSocket } from './abort-socket.ts'

/** As much of a stream of HTTP/2 as matters here; it keeps the code of the first `close`. */
function fakeHttp2Stream(): {
  stream: Duplex
  close: (code: number) => void
  code: () => number | undefined
} {
  const stream = new PassThrough()
  let rstCode: number | undefined
  const close = (code: number): void => void (rstCode ??= code)
  Object.defineProperties(stream, {
    rstCode: { get: () => rstCode },
    closed: { get: () => rstCode !== undefined },
    close: { value: close },
  })
  return { stream, close, code: () => rstCode }
}

it('destroys a socket', () => {
  const [socket] = duplexPair()
  abortSocket(socket)
  expect(socket.destroyed).toBe(true)
})

it('resets a stream of HTTP/2 with CANCEL first, unless it is closed already (RFC 8441 §5)', () => {
  const open = fakeHttp2Stream()
  abortSocket(open.stream)
  expect([open.code(), open.stream.destroyed]).toEqual([8, true])
  const closed = fakeHttp2Stream()
  closed.close(0)
  abortSocket(closed.stream)
  expect([closed.code(), closed.stream.destroyed]).toEqual([0, true])
})
