// What means harm, on real sockets: each thing gets its documented answer, nothing crashes, and another client notices
// nothing. One server process for all of it.
import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLOSE_CODES } from '@roomcast/protocol/wire'
import { msgpackCodec } from '@roomcast/protocol/msgpack'
import { buildFrame, buildRequest, RawWebSocket } from '../support/raw-websocket.ts'
import { startServer, type TestServer } from '../support/start-server.ts'

let server: TestServer
/** A client that minds its own business during every test. */
let bystander: RawWebSocket
let nextId = 100

beforeAll(async () => {
  server = await startServer()
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

beforeEach(async () => {
  bystander = await connected('bystander')
  bystander.sendJson({ type: 'subscribe', id: 2, room: 'chat:calm' })
  await bystander.answer(2)
})

afterEach(async () => {
  const id = nextId++
  const before = bystander.messages.length
  bystander.sendJson({
    type: 'publish',
    id,
    room: 'chat:calm',
    event: 'message',
    publishId: `p${id}`,
    data: { text: 'calm' },
  })
  expect(await bystander.answer(id)).toMatchObject({ type: 'reply' })
  // Exactly its own publication and the answer: nothing of the attack reached it.
  await bystander.until(() => bystander.messages.length === before + 2)
  expect(bystander.closeCode).toBeUndefined()
  expect(server.errors).toEqual([])
  await bystander[Symbol.asyncDispose]()
})

async function connected(token: string, protocol = 'roomcast.v1.json'): Promise<RawWebSocket> {
  const raw = await RawWebSocket.open(server.port, '/realtime', { 'Sec-WebSocket-Protocol': protocol })
  const connect = { type: 'connect', id: 1, token }
  if (protocol === 'roomcast.v1.json') {
    raw.sendJson(connect)
    await raw.answer(1)
  } else {
    raw.send(msgpackCodec.encode(connect))
    await raw.until(() => raw.frames.length === 1)
  }
  return raw
}

/** Waits for the Close frame, or for a connection that ends without one, and returns the code. */
async function end(raw: RawWebSocket): Promise<number | undefined> {
  await Promise.race([raw.until(() => raw.closeCode !== undefined), raw.ended])
  return raw.closeCode
}

describe('handshakes', () => {
  const refused: [name: string, request: string, status: number][] = [
    ['an unknown path', buildRequest('/elsewhere'), 404],
    ['a method other than GET', buildRequest('/realtime', {}, 'POST /realtime HTTP/1.1'), 405],
    ['HTTP/1.0', buildRequest('/realtime', {}, 'GET /realtime HTTP/1.0'), 400],
    ['no Host', buildRequest('/realtime', { Host: undefined }), 400],
    ['no key', buildRequest('/realtime', { 'Sec-WebSocket-Key': undefined }), 400],
    ['a key of the wrong length', buildRequest('/realtime', { 'Sec-WebSocket-Key': 'c2hvcnQ=' }), 400],
    ['another version', buildRequest('/realtime', { 'Sec-WebSocket-Version': '8' }), 426],
    ['a foreign origin', buildRequest('/realtime', { Origin: 'https://evil.example' }), 403],
    ['the origin null', buildRequest('/realtime', { Origin: 'null' }), 403],
    ['a malformed subprotocol list', buildRequest('/realtime', { 'Sec-WebSocket-Protocol': 'a,,b' }), 400],
    ['malformed extensions', buildRequest('/realtime', { 'Sec-WebSocket-Extensions': ';;=' }), 400],
    ['a body', buildRequest('/realtime', { 'Content-Length': '5' }) + 'hello', 400],
  ]
  it.each(refused)('answers %s', async (_name, request, status) => {
    await using raw = await RawWebSocket.dial(server.port)
    raw.socket.write(request)
    await raw.ended
    expect(raw.status).toBe(status)
    expect(raw.head).toMatch(/connection: close/i)
  })

  it('survives 2100 headers with Upgrade as the last one', async () => {
    await using raw = await RawWebSocket.dial(server.port)
    const many = Object.fromEntries(Array.from({ length: 2100 }, (_, index) => [`a${index}`, '1']))
    raw.socket.write(buildRequest('/realtime', { Upgrade: undefined, ...many, upgrade: 'websocket' }))
    await raw.ended
    expect([400, 431]).toContain(raw.status)
  })

  it('survives a connection that ends in the middle of the request', async () => {
    await using raw = await RawWebSocket.dial(server.port)
    raw.socket.write(buildRequest('/realtime').slice(0, 60))
    raw.socket.destroy()
    await raw.ended
  })

  it('lets a client without a known subprotocol in, to tell it so', async () => {
    for (const protocol of ['roomcast.v9.json', undefined]) {
      await using raw = await RawWebSocket.open(server.port, '/realtime', {
        'Sec-WebSocket-Protocol': protocol,
      })
      expect(await end(raw)).toBe(CLOSE_CODES.unsupportedProtocol)
    }
  })
})

describe('frames', () => {
  const violations: [name: string, frame: Buffer, code: number][] = [
    ['an unmasked frame', buildFrame('{"type":"ping","id":2}', { isMasked: false }), 1002],
    ['a reserved bit', buildFrame('x', { rsv: 4 }), 1002],
    ['an unknown opcode', buildFrame('x', { opcode: 3 }), 1002],
    ['a fragmented control frame', buildFrame('x', { opcode: 9, isFinal: false }), 1002],
    ['a continuation of nothing', buildFrame('x', { opcode: 0 }), 1002],
    ['a message of more than the limit', buildFrame(Buffer.alloc(262_145)), 1009],
    ['a frame that only claims to be huge', buildFrame('x', { declaredLength: 2 ** 40 }), 1009],
    ['text that is not UTF-8', buildFrame(Buffer.from([0xc3, 0x28]), { opcode: 1 }), 1007],
    ['a close code that may not travel', buildFrame(Buffer.from([0x03, 0xed]), { opcode: 8 }), 1002],
  ]
  it.each(violations)('answers %s', async (_name, frame, code) => {
    await using raw = await connected('attacker')
    raw.socket.write(frame)
    expect(await end(raw)).toBe(code)
  })

  it('survives random bytes after the handshake, many times', async () => {
    for (let round = 0; round < 50; round++) {
      await using raw = await RawWebSocket.open(server.port, '/realtime')
      raw.socket.end(randomBytes(4096))
      const code = await end(raw)
      expect([undefined, 1002, 1007, 1009, 4500, 4502]).toContain(code)
    }
  })

  it('survives random bytes instead of a handshake', async () => {
    for (let round = 0; round < 20; round++) {
      await using raw = await RawWebSocket.dial(server.port)
      raw.socket.end(randomBytes(2048))
      await raw.ended
    }
  })
})

describe('messages', () => {
  const malformed: [name: string, payload: string | Uint8Array][] = [
    ['invalid JSON', '{"type":'],
    ['JSON that is not an object', '[1,2,3]'],
    ['no id', '{"type":"ping"}'],
    ['an id that is not an integer', '{"type":"ping","id":1.5}'],
    ['a binary frame on a JSON connection', Buffer.from('{"type":"ping","id":2}')],
    ['a key that would reach the prototype', '{"type":"ping","id":2,"__proto__":{}}'],
  ]
  it.each(malformed)('closes with malformedMessage for %s', async (_name, payload) => {
    await using raw = await connected('attacker')
    raw.send(payload)
    expect(await end(raw)).toBe(CLOSE_CODES.malformedMessage)
  })

  it.each([
    ['random bytes', randomBytes(200)],
    ['an array of four thousand million items', Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])],
    ['an extension', Buffer.from([0xd4, 0x01, 0x00])],
    ['a hundred thousand nested arrays', Buffer.alloc(100_000, 0x91)],
    ['a text frame', '{}'],
  ])('closes with malformedMessage for MessagePack that is %s', async (_name, payload) => {
    await using raw = await connected('attacker', 'roomcast.v1.msgpack')
    raw.send(payload)
    expect(await end(raw)).toBe(CLOSE_CODES.malformedMessage)
  })

  it('answers what is well formed and wrong, and goes on', async () => {
    await using raw = await connected('attacker')
    const cases: [object, string][] = [
      [{ type: 'nonsense' }, 'unknownCommand'],
      [{ type: '__proto__' }, 'unknownCommand'],
      [{ type: 'subscribe' }, 'invalidCommand'],
      [{ type: 'subscribe', room: 'x'.repeat(256) }, 'invalidCommand'],
      [{ type: 'subscribe', room: 'nowhere:1' }, 'unknownRoom'],
      [{ type: 'subscribe', room: 'chat:%61' }, 'unknownRoom'],
      [{ type: 'subscribe', room: 'chat:*' }, 'unknownRoom'],
      [{ type: 'subscribe', room: 'secret:1' }, 'forbidden'],
      [
        { type: 'publish', room: 'secret:1', event: 'message', publishId: 'p', data: { text: 'x' } },
        'forbidden',
      ],
      [{ type: 'publish', room: 'chat:1', event: 'constructor', publishId: 'p', data: {} }, 'unknownEvent'],
      [
        { type: 'publish', room: 'chat:1', event: 'message', publishId: 'p', data: { text: 1 } },
        'invalidData',
      ],
      [
        { type: 'publish', room: 'chat:1', event: 'message', publishId: 'p', data: nested(100) },
        'invalidCommand',
      ],
      [{ type: 'call', room: 'chat:1', call: 'toString', data: null }, 'unknownCall'],
      [{ type: 'call', room: 'chat:1', call: 'rename', data: { title: 'taken' } }, 'taken'],
      [{ type: 'presenceEnter', room: 'secret:1', data: {} }, 'notSupported'],
      [{ type: 'presenceUpdate', room: 'chat:1', data: { name: 'x' } }, 'notEntered'],
    ]
    for (const [index, [message, code]] of cases.entries()) {
      raw.sendJson({ ...message, id: index + 10 })
      expect(await raw.answer(index + 10), JSON.stringify(message).slice(0, 80)).toMatchObject({
        type: 'error',
        error: { code },
      })
    }
    expect(raw.closeCode).toBeUndefined()
  })

  it('refuses a token, a second connect and a command before connect', async () => {
    await using unauthorized = await RawWebSocket.open(server.port, '/realtime')
    unauthorized.sendJson({ type: 'connect', id: 1 })
    expect(await end(unauthorized)).toBe(CLOSE_CODES.unauthorized)
    await using early = await RawWebSocket.open(server.port, '/realtime')
    early.sendJson({ type: 'subscribe', id: 1, room: 'chat:1' })
    expect(await end(early)).toBe(CLOSE_CODES.connectExpected)
    await using twice = await connected('attacker')
    twice.sendJson({ type: 'connect', id: 2, token: 'someone-else' })
    expect(await end(twice)).toBe(CLOSE_CODES.connectExpected)
  })

  it('answers limitExceeded to ten thousand subscriptions until the rate bucket is empty', async () => {
    await using raw = await connected('attacker')
    for (let id = 2; id < 10_002; id++) raw.sendJson({ type: 'subscribe', id, room: `chat:${id}` })
    expect(await end(raw)).toBe(CLOSE_CODES.rateLimited)
    const replies = raw.messages.filter(({ type }) => type === 'reply').length - 1
    const errors = raw.messages.filter(({ type }) => type === 'error')
    expect(replies).toBe(128)
    expect(errors.every(({ error }) => (error as { code: string }).code === 'limitExceeded')).toBe(true)
    // The bucket holds 1000, and refills a little while it is being emptied.
    expect(replies + errors.length).toBeGreaterThanOrEqual(1000)
    await expect.poll(() => server.roomcast.sessionCount).toBe(1)
  })
})

function nested(depth: number): unknown {
  return depth === 0 ? 1 : [nested(depth - 1)]
}
