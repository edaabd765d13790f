import { describe, expect, it } from 'vitest'
import { clientFrame, createEndpoint, feed, react } from '../../testing/websocket/endpoint.ts'
import { hex, toHex, utf8 } from '../../testing/websocket/hex.ts'
import { encodeFrame } from './frame-writer.ts'
import { Opcode } from './opcode.ts'
import type { ProtocolEvent } from './protocol-event.ts'
import { WebSocketProtocol } from './websocket-protocol.ts'

const join = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))
const textEvent = (text: string): ProtocolEvent => ({
  type: 'message',
  isText: true,
  isCompressed: false,
  data: utf8(text),
})
const binaryEvent = (data: Uint8Array): ProtocolEvent => ({
  type: 'message',
  isText: false,
  isCompressed: false,
  data,
})
const fragment = (opcode: Opcode, text: string): Uint8Array =>
  clientFrame(opcode, utf8(text), { isFinal: false })
const closeFrame = (code: number, reason = ''): Uint8Array =>
  clientFrame(Opcode.close, join(Uint8Array.of(code >> 8, code), utf8(reason)))

/** Feeds a fresh server and expects it to fail with `code` after having delivered `delivered`. */
function expectFailure(input: Uint8Array, code: number, delivered: readonly ProtocolEvent[] = []): void {
  const { events, output } = react(input)
  expect(events.slice(0, -1)).toEqual(delivered)
  expect(events.at(-1)).toMatchObject({ type: 'closed', code, wasClean: false })
  expect(output.slice(0, 2)).toBe('88')
  expect(output.slice(4, 8)).toBe(code.toString(16).padStart(4, '0'))
}

describe('masking (§5.1)', () => {
  it('takes the masked text of §5.7 and answers nothing', () => {
    expect(react(hex('81 85 37fa213d 7f9f4d5158'))).toEqual({ events: [textEvent('Hello')], output: '' })
  })

  it('takes the key 00000000', () => {
    expect(react(hex('81 82 00000000 4869')).events).toEqual([textEvent('Hi')])
  })

  it.each(['81054865', '820100', '0000', '8800', '8900', '8a00'])(
    'fails on the unmasked frame %s before it delivers anything',
    (digits) => expectFailure(hex(digits), 1002),
  )

  it('masks as a client and never as a server', () => {
    const client = createEndpoint('client')
    client.sendMessage(utf8('Hello'), { isText: true })
    expect(toHex(join(...client.takeOutput()))).toBe('818537fa213d7f9f4d5158')
    const server = createEndpoint('server')
    server.sendMessage(utf8('Hello'), { isText: true })
    expect(toHex(join(...server.takeOutput()))).toBe('810548656c6c6f')
  })

  it('fails as a client on a masked frame', () => {
    const { events } = react(hex('8180 00000000'), () => createEndpoint('client'))
    expect(events).toMatchObject([{ type: 'closed', code: 1002 }])
  })
})

describe('base framing (§5.2)', () => {
  it.each(['c180', 'a180', '9180', '8380', '8780', '8b80', '8f80'])(
    'fails on the reserved bits of %s',
    (digits) => {
      expectFailure(hex(digits), 1002)
    },
  )

  it.each([0, 1, 125, 126, 127, 1023, 1024])('takes a message of %i bytes', (length) => {
    const data = Uint8Array.from({ length }, (_, index) => index)
    expect(react(clientFrame(Opcode.binary, data)).events).toEqual([binaryEvent(data)])
  })

  it.each([65_535, 65_536, 2 ** 20])('takes a message of %i bytes in odd chunks', (length) => {
    const data = Uint8Array.from({ length }, (_, index) => index * 7)
    const server = createEndpoint('server', { maxMessageBytes: 2 ** 20 })
    const { events } = feed(server, clientFrame(Opcode.binary, data), 1447)
    const [event] = events
    expect(event?.type === 'message' && Buffer.from(event.data).equals(data)).toBe(true)
  })

  it.each([
    ['126 for 125 bytes', '82fe007d', 1002],
    ['127 for 65 535 bytes', '82ff000000000000ffff', 1002],
    ['127 with the high bit', '82ff8000000000000000', 1002],
    ['2^63 - 1 bytes', '82ff7fffffffffffffff', 1009],
    ['2^53 bytes', '82ff0020000000000000', 1009],
    ['one byte more than the limit', '82fe0401', 1009],
  ])('fails on a length of %s from the header alone', (_, digits, code) => {
    expectFailure(hex(`${digits}00000000`), code)
  })

  it('takes several frames of one chunk in order', () => {
    const input = join(clientFrame(Opcode.text, utf8('a')), clientFrame(Opcode.text, utf8('b')))
    expect(react(input).events).toEqual([textEvent('a'), textEvent('b')])
  })

  it.each(['81', '8185 37fa', '8185 37fa213d 7f9f', '0185 37fa213d 7f9f4d5158'])(
    'ends with 1006 if the input stops after %s',
    (digits) => {
      const server = createEndpoint()
      feed(server, hex(digits))
      expect(server.isMidMessage).toBe(true)
      server.receiveEof()
      expect(server.takeEvents()).toEqual([{ type: 'closed', code: 1006, reason: '', wasClean: false }])
      expect(server.takeOutput()).toEqual([])
    },
  )
})

describe('fragmentation (§5.4)', () => {
  it('joins fragments, empty ones too', () => {
    const input = join(
      fragment(Opcode.text, ''),
      fragment(Opcode.continuation, 'Hel'),
      fragment(Opcode.continuation, ''),
      clientFrame(Opcode.continuation, utf8('lo')),
    )
    expect(react(input).events).toEqual([textEvent('Hello')])
  })

  it.each([true, false])('fails on a continuation of nothing with FIN %s', (isFinal) => {
    expectFailure(clientFrame(Opcode.continuation, utf8('x'), { isFinal }), 1002)
  })

  it('fails on a continuation after a complete message', () => {
    const input = join(clientFrame(Opcode.text, utf8('a')), clientFrame(Opcode.continuation, utf8('b')))
    expectFailure(input, 1002, [textEvent('a')])
  })

  it.each([Opcode.text, Opcode.binary])('fails on opcode %i within a message', (opcode) => {
    expectFailure(join(fragment(Opcode.text, 'a'), clientFrame(opcode, utf8('b'))), 1002)
  })

  it('answers pings between fragments and keeps the message whole', () => {
    const input = join(
      fragment(Opcode.text, 'Hel'),
      clientFrame(Opcode.ping, utf8('?')),
      clientFrame(Opcode.continuation, utf8('lo')),
    )
    const { events, output } = react(input)
    expect(events).toEqual([{ type: 'ping', data: utf8('?') }, textEvent('Hello')])
    expect(output).toBe('8a013f')
  })

  it('honours a close between fragments and drops the rest of the message', () => {
    const input = join(
      fragment(Opcode.text, 'Hel'),
      closeFrame(1000),
      clientFrame(Opcode.continuation, utf8('lo')),
    )
    expect(react(input)).toEqual({
      events: [{ type: 'closed', code: 1000, reason: '', wasClean: true }],
      output: '880203e8',
    })
  })

  it('fails with 1009 as soon as the fragments declare too much together', () => {
    const first = clientFrame(Opcode.binary, new Uint8Array(1000), { isFinal: false })
    const lastHeader = hex('8099 00000000') // 25 bytes more, of which none is sent
    expectFailure(join(first, lastHeader), 1009)
  })

  it('fails with 1008 on too many fragments, empty ones counted', () => {
    const rest = Array.from({ length: 8 }, () => fragment(Opcode.continuation, ''))
    expectFailure(join(fragment(Opcode.text, ''), ...rest), 1008)
  })
})

describe('control frames (§5.5)', () => {
  it.each(['88fe', '89fe', '8aff'])('fails on %s, a control frame of more than 125 bytes', (digits) => {
    expectFailure(hex(digits), 1002)
  })

  it.each(['0880', '0980', '0a80', '4980'])('fails on %s, a fragment of a control frame', (digits) => {
    expectFailure(hex(digits), 1002)
  })

  it.each([0, 1, 125])('answers a ping of %i bytes with the same', (length) => {
    const data = new Uint8Array(length).fill(0xab)
    expect(react(clientFrame(Opcode.ping, data)).output).toBe(toHex(encodeFrame(Opcode.pong, data)))
  })

  it('answers each of several pings, but of a flood only the latest', () => {
    const ping = (data: string): Uint8Array => clientFrame(Opcode.ping, utf8(data))
    expect(react(join(ping('a'), ping('b'), ping('c'))).output).toBe('8a0161' + '8a0162' + '8a0163')
    const server = createEndpoint()
    server.receive(join(...Array.from({ length: 1000 }, () => ping('x'))))
    expect(server.outputBytes).toBe(16 * 3)
  })

  it('puts a pong before the messages that wait, not into one', () => {
    const server = createEndpoint()
    server.sendMessage(utf8('first'), { isText: true })
    server.sendMessage(utf8('second'), { isText: true })
    const begun = toHex(join(...server.takeOutput(4)))
    expect(begun).toBe('81056669')
    expect(feed(server, clientFrame(Opcode.ping, utf8('?'))).output).toBe(
      '727374' + '8a013f' + '81067365636f6e64',
    )
  })

  it.each([0, 125])('takes an unsolicited pong of %i bytes', (length) => {
    const data = new Uint8Array(length)
    expect(react(clientFrame(Opcode.pong, data))).toEqual({ events: [{ type: 'pong', data }], output: '' })
  })

  it('lets a pong overtake a long message at the end of a fragment', () => {
    const server = createEndpoint()
    server.sendMessage(new Uint8Array(300_000), { isText: false })
    server.takeOutput(1000)
    server.receive(clientFrame(Opcode.ping, utf8('?')))
    server.takeOutput(131_072 + 10 - 1000)
    expect(toHex(join(...server.takeOutput(3)))).toBe('8a013f')
    expect(toHex(join(...server.takeOutput()).subarray(0, 10))).toBe('007f0000000000020000')
  })

  it('sends pings of at most 125 bytes', () => {
    const server = createEndpoint()
    server.sendPing(utf8('?'))
    expect(toHex(join(...server.takeOutput()))).toBe('89013f')
    expect(() => server.sendPing(new Uint8Array(126))).toThrow(RangeError)
  })
})

describe('closing (§5.5.1, §7)', () => {
  it('answers an empty Close with an empty one and reports 1005', () => {
    const { events, output } = react(clientFrame(Opcode.close, new Uint8Array(0)))
    expect(events).toEqual([{ type: 'closed', code: 1005, reason: '', wasClean: true }])
    expect(output).toBe('8800')
  })

  it('echoes the code but not the reason', () => {
    const { events, output } = react(closeFrame(3001, 'bye €'))
    expect(events).toEqual([{ type: 'closed', code: 3001, reason: 'bye €', wasClean: true }])
    expect(output).toBe('88020bb9')
  })

  it('does not echo 1010, which only clients send', () => {
    expect(react(closeFrame(1010)).output).toBe('880203e8')
  })

  it.each([999, 1004, 1005, 1006, 1015, 2000, 5000])('fails on the code %i', (code) => {
    expectFailure(closeFrame(code), 1002)
  })

  it('fails on half a code and on a reason that is not UTF-8', () => {
    expectFailure(clientFrame(Opcode.close, hex('03')), 1002)
    expectFailure(clientFrame(Opcode.close, hex('03e8ff')), 1007)
  })

  it('ignores everything after a Close: data, pings, another Close, garbage', () => {
    const input = join(
      closeFrame(1000),
      clientFrame(Opcode.text, utf8('late')),
      clientFrame(Opcode.ping, utf8('?')),
      closeFrame(1001),
      hex('ffff'),
    )
    expect(react(input)).toEqual({
      events: [{ type: 'closed', code: 1000, reason: '', wasClean: true }],
      output: '880203e8',
    })
  })

  it('sends what was queued before, then Close, then nothing', () => {
    const server = createEndpoint()
    server.sendMessage(utf8('a'), { isText: true })
    server.close(4001, 'bye')
    expect(server.state).toBe('closing')
    expect(server.sendMessage(utf8('b'), { isText: true })).toBe(false)
    expect(server.sendFrames([encodeFrame(Opcode.text, utf8('c'))])).toBe(false)
    server.sendPing()
    server.close(1000)
    expect(toHex(join(...server.takeOutput()))).toBe('810161' + '88050fa1627965')
  })

  it('reads over data, also the rest of a message, until the Close is answered', () => {
    const server = createEndpoint()
    feed(server, fragment(Opcode.text, 'Hel'))
    server.close()
    server.takeOutput()
    const input = join(
      clientFrame(Opcode.continuation, utf8('lo')),
      clientFrame(Opcode.text, hex('ff')),
      clientFrame(Opcode.binary, new Uint8Array(2000)),
    )
    expect(feed(server, input)).toEqual({ events: [], output: '' })
    expect(feed(server, clientFrame(Opcode.ping, utf8('?'))).output).toBe('')
    expect(feed(server, closeFrame(1000))).toEqual({
      events: [{ type: 'closed', code: 1000, reason: '', wasClean: true }],
      output: '',
    })
  })

  it('takes a simultaneous Close as the answer', () => {
    const server = createEndpoint()
    server.close(4000)
    const { events, output } = feed(server, closeFrame(1001))
    expect(events).toEqual([{ type: 'closed', code: 1001, reason: '', wasClean: true }])
    expect(output).toBe('88020fa0')
  })

  it('ends with 1006 if the peer goes without a Close', () => {
    const server = createEndpoint()
    server.close(1000)
    server.receiveEof()
    server.receiveEof()
    expect(server.takeEvents()).toEqual([{ type: 'closed', code: 1006, reason: '', wasClean: false }])
    expect(server.state).toBe('closed')
  })

  it('waits for the answers to earlier messages before it answers a Close', () => {
    const server = createEndpoint()
    server.receive(join(clientFrame(Opcode.text, utf8('a')), closeFrame(3000)))
    expect(server.takeEvents()).toMatchObject([{ type: 'message' }, { type: 'ending', error: undefined }])
    expect([server.state, server.isEnding]).toEqual(['open', true])
    server.sendMessage(utf8('A'), { isText: true })
    server.conclude()
    expect(toHex(join(...server.takeOutput()))).toBe('810141' + '88020bb8')
    expect(server.takeEvents()).toEqual([{ type: 'closed', code: 3000, reason: '', wasClean: true }])
    server.conclude()
    expect([server.isEnding, server.takeOutput()]).toEqual([false, []])
  })

  it('waits for them before it fails, and reads nothing meanwhile', () => {
    const server = createEndpoint()
    server.receive(join(clientFrame(Opcode.text, utf8('a')), hex('ff80')))
    server.receive(clientFrame(Opcode.text, utf8('b')))
    const [, ending, ...rest] = server.takeEvents()
    expect(ending).toMatchObject({ type: 'ending', error: { closeCode: 1002 } })
    expect(rest).toEqual([])
    server.sendMessage(utf8('A'), { isText: true })
    server.conclude()
    expect(toHex(join(...server.takeOutput()))).toMatch(/^810141 ?88..03ea/)
  })

  it('closes in its own words while the end is awaited, and is done', () => {
    const server = createEndpoint()
    server.receive(closeFrame(3000))
    server.close(4000)
    expect(toHex(join(...server.takeOutput()))).toBe('88020fa0')
    expect(server.takeEvents().at(-1)).toEqual({ type: 'closed', code: 3000, reason: '', wasClean: true })
  })

  it('rejects what only the shell can see, also when a Close came behind it', () => {
    const server = createEndpoint()
    server.receive(closeFrame(3000))
    server.reject({ code: 'WS_TEST', closeCode: 1007, message: 'bad' })
    server.conclude()
    expect(toHex(join(...server.takeOutput()))).toBe('880503ef626164')
    expect(server.takeEvents()).toMatchObject([
      { type: 'ending' },
      { type: 'closed', code: 1007, wasClean: false },
    ])
  })

  it('throws for codes and reasons that must not be sent, and stays open', () => {
    const server = createEndpoint()
    for (const code of [999, 1004, 1005, 1006, 1010, 1015, 5000])
      expect(() => server.close(code)).toThrow(RangeError)
    expect(() => server.close(1000, 'x'.repeat(124))).toThrow(RangeError)
    expect(server.state).toBe('open')
    expect(server.takeOutput()).toEqual([])
  })

  it('says nothing more after it failed, and hears nothing', () => {
    const server = createEndpoint()
    expect(feed(server, hex('ff80')).output).toMatch(/^88..03ea/)
    server.close()
    expect(feed(server, join(clientFrame(Opcode.text, utf8('a')), closeFrame(1000)))).toEqual({
      events: [],
      output: '',
    })
  })

  it('does not send a second Close when the peer breaks the protocol while closing', () => {
    const server = createEndpoint()
    server.close(4000)
    const { events, output } = feed(server, hex('ff80'))
    expect(events).toMatchObject([{ type: 'closed', code: 1002, wasClean: false }])
    expect(output).toBe('88020fa0')
  })
})

describe('text (§5.6, §8.1)', () => {
  it('keeps NUL, noncharacters and a byte order mark', () => {
    const text = '\ufeff\0\uffff\u{10ffff}'
    expect(react(clientFrame(Opcode.text, utf8(text))).events).toEqual([textEvent(text)])
  })

  it('takes a character that is split between fragments', () => {
    const input = join(
      clientFrame(Opcode.text, hex('e2'), { isFinal: false }),
      clientFrame(Opcode.continuation, hex('82'), { isFinal: false }),
      clientFrame(Opcode.continuation, hex('ac')),
    )
    expect(react(input).events).toEqual([textEvent('€')])
  })

  it.each(['c080', 'eda080', 'f4908080', '80', 'fe', 'e282'])('fails on the bytes %s', (digits) => {
    expectFailure(clientFrame(Opcode.text, hex(digits)), 1007)
  })

  it('fails in the middle of a frame, at the first byte that cannot be mended', () => {
    const frame = clientFrame(Opcode.text, join(utf8('κόσμε'), hex('f490'), new Uint8Array(100)))
    const server = createEndpoint()
    const badByte = 2 + 4 + utf8('κόσμε').length + 1
    expect(feed(server, frame.subarray(0, badByte)).events).toEqual([])
    expect(feed(server, frame.subarray(badByte, badByte + 1)).events).toMatchObject([
      { type: 'closed', code: 1007 },
    ])
  })

  it('takes anything as binary', () => {
    expect(react(clientFrame(Opcode.binary, hex('c080ff'))).events).toEqual([binaryEvent(hex('c080ff'))])
  })
})

describe('resources (§10.4)', () => {
  it('counts the moments between messages', () => {
    const server = createEndpoint()
    feed(server, fragment(Opcode.text, 'a'))
    feed(server, clientFrame(Opcode.ping, utf8('?')))
    expect([server.isMidMessage, server.boundaries]).toEqual([true, 0])
    feed(server, clientFrame(Opcode.continuation, utf8('b')))
    expect([server.isMidMessage, server.boundaries]).toEqual([false, 1])
  })

  it('reads no more frames at a time than it may, and loses none', () => {
    const server = createEndpoint()
    const texts = ['a', 'b', 'c', 'd', 'e']
    server.receive(join(...texts.map((text) => clientFrame(Opcode.text, utf8(text)))), 2)
    expect([server.takeEvents().length, server.frames, server.hasUnread]).toEqual([2, 2, true])
    server.receiveRest(2)
    expect([server.takeEvents().length, server.hasUnread]).toEqual([2, true])
    server.receive(clientFrame(Opcode.text, utf8('f')), 1)
    expect([server.takeEvents().length, server.hasUnread]).toEqual([2, false])
  })

  it('drops what it has not read when it is over', () => {
    const server = createEndpoint()
    server.receive(join(clientFrame(Opcode.text, utf8('a')), clientFrame(Opcode.text, utf8('b'))), 1)
    server.receiveEof()
    server.receiveRest()
    expect(server.takeEvents()).toMatchObject([{ type: 'message' }, { type: 'closed' }])
    expect(server.hasUnread).toBe(false)
  })

  it('drops queued messages on request, so that a failure is told at once', () => {
    const server = createEndpoint()
    server.sendMessage(new Uint8Array(1000), { isText: false })
    server.dropOutput()
    server.fail({ code: 'WS_TEST', closeCode: 1008, message: '' })
    expect(toHex(join(...server.takeOutput()))).toBe('880203f0')
  })

  it('needs a source of masking keys as a client', () => {
    const limits = { maxMessageBytes: 1, maxFragments: 1 }
    expect(() => new WebSocketProtocol({ role: 'client', limits })).toThrow(TypeError)
  })
})
