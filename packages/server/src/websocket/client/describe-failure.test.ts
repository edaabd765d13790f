import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { connectWebSocket } from './connect-websocket.ts'
import { describeFailure, describeRefusal } from './describe-failure.ts'

it.each([
  [200, undefined, 'the server answered with status 200, so there is no WebSocket at this path'],
  [404, undefined, 'the server answered with status 404, so there is no WebSocket at this path'],
  [
    302,
    'https://example.com/login',
    'the server answered with status 302, which points to "https://example.com/login"; redirects are not followed',
  ],
  [304, undefined, 'the server answered with status 304'],
  [403, 'https://example.com', 'the server answered with status 403'],
])('says what status %i means', (status, location, message) => {
  expect(describeRefusal(status, location)).toBe(message)
})

it('shows no more of a location than is useful', () => {
  expect(describeRefusal(307, 'a'.repeat(10_000)).length).toBeLessThan(300)
})

it('says that a server may not speak TLS', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await expect(connectWebSocket(`wss://127.0.0.1:${port}`)).rejects.toMatchObject({
    code: 'WS_CONNECT_FAILED',
    message: expect.stringContaining(`the server at 127.0.0.1:${port} may not speak TLS`) as string,
  })
  server.close()
})

it('says nothing of TLS where none was wanted or another error came', () => {
  const refused = new Error('connect ECONNREFUSED')
  expect(describeFailure(refused, new URL('wss://a'))).toBe('cannot connect: connect ECONNREFUSED')
  const odd = new Error('wrong version number')
  expect(describeFailure(odd, new URL('ws://a'))).toBe('cannot connect: wrong version number')
})
