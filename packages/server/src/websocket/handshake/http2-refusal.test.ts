import { expect, it } from 'vitest'
import { fieldsOf } from './http2-refusal.ts'

it('has names in lower case and none that belongs to one connection of HTTP/1.1', () => {
  const headers = { Upgrade: 'websocket', Connection: 'close', 'Sec-WebSocket-Version': '13', Allow: 'GET' }
  expect(fieldsOf(headers)).toEqual({ 'sec-websocket-version': '13', allow: 'GET' })
})

it('throws for what would be malformed', () => {
  expect(() => fieldsOf({ a: 'b\r\nc: d' })).toThrow(TypeError)
  expect(() => fieldsOf({ ':status': '200' })).toThrow(TypeError)
})
