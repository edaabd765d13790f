import { createServer, type Server } from 'node:http'
import { connect, createServer as createHttp2Server, type Http2Server } from 'node:http2'
import { once } from 'node:events'
import type { AddressInfo, Server as NetServer } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { silentLogger } from '../../logger.ts'
import { connectWebSocket } from '../client/connect-websocket.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close()
})

/** A copy of the package, as each entry point of the CommonJS build is one, whose server greets with its name. */
async function loadCopy(name: string) {
  vi.resetModules()
  const { createWebSocketServer } = await import('../server/websocket-server.ts')
  return createWebSocketServer({
    connection: (connection) => {
      connection.setHandlers({ message: () => {}, close: () => {} })
      connection.close(1000, name)
    },
    logger: silentLogger,
  })
}

async function listen<S extends NetServer>(server: S): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  return (server.address() as AddressInfo).port
}

/** Who answers at a path, or with which status it is refused. */
async function ask(port: number, path: string): Promise<string | number | undefined> {
  try {
    const connection = await connectWebSocket(`ws://127.0.0.1:${port}${path}`)
    return await new Promise((resolve) =>
      connection.setHandlers({ message: () => {}, close: ({ reason }) => resolve(reason) }),
    )
  } catch (error) {
    return (error as { status?: number }).status
  }
}

/** The status with which an extended CONNECT is answered. */
async function askHttp2(port: number, path: string): Promise<unknown> {
  const session = connect(`http://127.0.0.1:${port}`)
  closers.push(() => session.destroy())
  await once(session, 'remoteSettings')
  const stream = session.request({
    ':method': 'CONNECT',
    ':protocol': 'websocket',
    ':path': path,
    ':scheme': 'http',
    ':authority': `127.0.0.1:${port}`,
    'sec-websocket-version': '13',
  })
  stream.on('error', () => {})
  const [headers] = (await once(stream, 'response')) as [{ ':status': number }]
  return headers[':status']
}

describe('two copies of the package on one HTTP server', () => {
  it('know of each other over HTTP/1.1', async () => {
    const server: Server = createServer()
    const [one, two] = [await loadCopy('one'), await loadCopy('two')]
    one.attach(server, { path: '/one' })
    two.attach(server, { path: '/two' })
    expect(() => two.attach(server, { path: '/one' })).toThrow('Something is attached at /one')
    const port = await listen(server)
    expect(await ask(port, '/one')).toBe('one')
    expect(await ask(port, '/two')).toBe('two')
    expect(await ask(port, '/three')).toBe(404)
  })

  it('know of each other over HTTP/2', async () => {
    const server: Http2Server = createHttp2Server()
    const [one, two] = [await loadCopy('one'), await loadCopy('two')]
    one.attach(server, { path: '/one', http2: true })
    two.attach(server, { path: '/two', http2: true })
    expect(() => two.attach(server, { path: '/one', http2: true })).toThrow('Something is attached at /one')
    const port = await listen(server)
    expect(await askHttp2(port, '/one')).toBe(200)
    expect(await askHttp2(port, '/two')).toBe(200)
    expect(await askHttp2(port, '/three')).toBe(404)
  })
})

describe("the path '*'", () => {
  it('is every path that nobody else has, over HTTP/1.1', async () => {
    const server = createServer()
    const [any, exact] = [await loadCopy('any'), await loadCopy('exact')]
    any.attach(server, { path: '*' })
    const attachment = exact.attach(server, { path: '/exact' })
    expect(() => exact.attach(server, { path: '*' })).toThrow('Something is attached at *')
    const port = await listen(server)
    expect(await ask(port, '/exact?query')).toBe('exact')
    expect(await ask(port, '/exact/more')).toBe('any')
    expect(await ask(port, '/')).toBe('any')
    attachment.detach()
    expect(await ask(port, '/exact')).toBe('any')
  })

  it('is every path over HTTP/2, and answers malformed handshakes at any', async () => {
    const server = createHttp2Server()
    const any = await loadCopy('any')
    const attachment = any.attach(server, { path: '*', http2: true })
    const port = await listen(server)
    expect(await askHttp2(port, '/some/path?query')).toBe(200)
    attachment.detach()

    const plain = createServer((_request, response) => response.end('a page'))
    any.attach(plain, { path: '*' })
    const plainPort = await listen(plain)
    const page = await fetch(`http://127.0.0.1:${plainPort}/page`)
    expect(await page.text()).toBe('a page')
    const stray = await fetch(`http://127.0.0.1:${plainPort}/page`, {
      headers: { 'sec-websocket-version': '13' },
    })
    expect(stray.status).toBe(426)
  })
})

it('warns of a refused origin once for all places of a server', async () => {
  const warnings: unknown[] = []
  vi.resetModules()
  const { createWebSocketServer } = await import('../server/websocket-server.ts')
  const webSockets = createWebSocketServer({
    connection: () => {},
    logger: { ...silentLogger, warn: (fields) => warnings.push(fields) },
  })
  const server = createServer()
  for (const path of ['/one', '/two']) webSockets.attach(server, { path })
  const port = await listen(server)
  for (const path of ['/one', '/two']) {
    const headers = { Origin: 'https://evil.example' }
    await expect(connectWebSocket(`ws://127.0.0.1:${port}${path}`, { headers })).rejects.toMatchObject({
      status: 403,
    })
  }
  expect(warnings).toEqual([{ origin: '"https://evil.example"' }])
})
