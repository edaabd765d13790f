// The decision about a handshake over HTTP/2: the same as over HTTP/1.1.
import { constants } from 'node:http2'
import type { Refusal } from '@roomcast/server/websocket'
import { describe, expect, it } from 'vitest'
import { startHttp2Echo } from '../support/http2-echo.ts'
import { collect, connectHeaders, dialH2c, exchange } from '../support/http2-websocket.ts'
import { buildFrame } from '../support/raw-websocket.ts'

/** Decides when told to. */
function hesitant() {
  const signals: AbortSignal[] = []
  const decisions: ((decision?: Refusal) => void)[] = []
  const authorize = (_request: unknown, signal: AbortSignal): Promise<Refusal | undefined> => {
    signals.push(signal)
    return new Promise((resolve) => decisions.push(resolve))
  }
  return { authorize, signals, decisions }
}

describe('over HTTP/2', () => {
  it('authorize refuses with status and headers, or accepts with what came meanwhile', async () => {
    const { authorize, decisions } = hesitant()
    await using echo = await startHttp2Echo({
      webSocket: { authorize, headers: () => ({ 'Set-Cookie': 'a=b' }) },
    })
    const session = await dialH2c(echo.port)
    const refused = exchange(session, connectHeaders('/echo'))
    await expect.poll(() => decisions.length).toBe(1)
    decisions[0]!({ status: 401, headers: { 'WWW-Authenticate': 'Bearer' } })
    expect((await refused).headers).toMatchObject({ ':status': 401, 'www-authenticate': 'Bearer' })

    const stream = session.request(connectHeaders('/echo'), { endStream: false })
    const received = collect(stream)
    const status = new Promise((resolve) => stream.once('response', resolve))
    stream.write(buildFrame('early'))
    await expect.poll(() => decisions.length).toBe(2)
    decisions[1]!()
    expect(await status).toMatchObject({ ':status': 200, 'set-cookie': ['a=b'] })
    await expect.poll(() => String(received.bytes)).toContain('early')
    session.destroy()
  })

  it('30: a stream that is reset meanwhile aborts it', async () => {
    const { authorize, signals, decisions } = hesitant()
    await using echo = await startHttp2Echo({ webSocket: { authorize } })
    const session = await dialH2c(echo.port)
    const stream = session.request(connectHeaders('/echo'), { endStream: false })
    stream.on('error', () => {})
    await expect.poll(() => signals.length).toBe(1)
    stream.close(constants.NGHTTP2_CANCEL)
    await expect.poll(() => signals[0]!.aborted).toBe(true)
    decisions[0]!()
    expect((await exchange(session, connectHeaders('/nowhere'))).status).toBe(404)
    expect([echo.opened, echo.complaints]).toEqual([[], []])
    session.destroy()
  })

  it('44: that the application would accept by its refusal is 500', async () => {
    await using echo = await startHttp2Echo({ webSocket: { authorize: () => ({ status: 200 }) } })
    const session = await dialH2c(echo.port)
    expect((await exchange(session, connectHeaders('/echo'))).status).toBe(500)
    session.destroy()
  })

  it('A2, A39: host and proxies count as over HTTP/1.1', async () => {
    await using echo = await startHttp2Echo({
      webSocket: { trustedProxies: ['loopback'], allowedHosts: ['example.com'] },
    })
    const session = await dialH2c(echo.port)
    expect((await exchange(session, connectHeaders('/echo'))).status).toBe(421)
    const forwarded = {
      'x-forwarded-for': '192.0.2.1',
      'x-forwarded-host': 'example.com',
      'x-forwarded-proto': 'https',
    }
    expect((await exchange(session, connectHeaders('/echo', forwarded))).status).toBe(200)
    expect(echo.opened[0]?.request).toMatchObject({
      remoteAddress: '192.0.2.1',
      host: 'example.com',
      isSecure: true,
    })
    expect(echo.opened[0]?.connection.remoteAddress).toBe('192.0.2.1')
    session.destroy()
  })
})
