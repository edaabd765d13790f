// Chromium and WebSockets over HTTP/2: it uses the session of the page where the server says so, and else HTTP/1.1.
import type { Browser } from 'playwright-core'
import type { ServerHttp2Stream } from 'node:http2'
import { http2ServerOptions } from '@roomcast/server/websocket'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../support/chat-window.ts'
import { startHttp2Echo, type Http2Echo } from '../support/http2-echo.ts'

/** An echo whose server also serves a page, over HTTP/2 and HTTP/1.1 on one TLS listener. */
function startSite(http2: boolean): Promise<Http2Echo> {
  return startHttp2Echo({
    isSecure: true,
    http2,
    serverOptions: { ...http2ServerOptions(), allowHTTP1: true },
    prepare: (http) => {
      http.on('stream', (stream: ServerHttp2Stream) => {
        stream.respond({ ':status': 200, 'content-type': 'text/html' })
        stream.end('<!doctype html><title>echo</title>')
      })
    },
  })
}

/** Loads the page, sends texts through a WebSocket from there, and returns what came back and how it was closed. */
async function talk(browser: Browser, echo: Http2Echo, texts: readonly string[]) {
  const page = await browser.newPage({ ignoreHTTPSErrors: true })
  await page.goto(`https://127.0.0.1:${echo.port}/`)
  const answer = await page.evaluate(async (messages) => {
    const socket = new WebSocket(`wss://${location.host}/echo`)
    const answers: string[] = []
    const protocol = performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming
    return new Promise<{ answers: string[]; code: number; wasClean: boolean; page: string }>((resolve) => {
      socket.onopen = () => messages.forEach((message) => socket.send(message))
      socket.onmessage = ({ data }) => {
        answers.push(String(data))
        if (answers.length === messages.length) socket.close(1000, 'done')
      }
      socket.onclose = ({ code, wasClean }) =>
        resolve({ answers, code, wasClean, page: protocol.nextHopProtocol })
    })
  }, texts)
  await page.close()
  return answer
}

describe('Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  it.each([
    ['over the HTTP/2 session of its page, where that is enabled', true, '2.0'],
    ['over HTTP/1.1 where it is not', false, '1.1'],
  ] as const)('talks %s', async (_, http2, httpVersion) => {
    await using echo = await startSite(http2)
    const texts = ['hello', 'x'.repeat(200_000), 'héllo']
    const answer = await talk(browser, echo, texts)
    expect(answer).toEqual({ answers: texts, code: 1000, wasClean: true, page: 'h2' })
    expect(echo.opened.map(({ request }) => request.httpVersion)).toEqual([httpVersion])
    expect(echo.opened[0]?.request).toMatchObject({
      url: '/echo',
      origin: `https://127.0.0.1:${echo.port}`,
      host: `127.0.0.1:${echo.port}`,
      isSecure: true,
    })
    await expect.poll(() => echo.closes).toEqual([{ code: 1000, reason: 'done', wasClean: true }])
  })

  it('is told of a server that goes away, and of a refusal', async () => {
    await using echo = await startSite(true)
    const page = await browser.newPage({ ignoreHTTPSErrors: true })
    await page.goto(`https://127.0.0.1:${echo.port}/`)
    const closeOf = (path: string) =>
      page.evaluate((target) => {
        const socket = new WebSocket(`wss://${location.host}${target}`)
        return new Promise<[code: number, reason: string]>((resolve) => {
          socket.onclose = ({ code, reason }) => resolve([code, reason])
        })
      }, path)
    expect(await closeOf('/elsewhere')).toEqual([1006, ''])
    const closed = closeOf('/echo')
    await expect.poll(() => echo.opened.length).toBe(1)
    await echo.server.close()
    expect(await closed).toEqual([1001, 'going away'])
    await page.close()
  })
})
