// Checks of what really went over the wire: fragments, pings, compression.
import assert from 'node:assert/strict'
import type { Stage } from '../stage.ts'
import type { SeenFrame } from '../wire/frames.ts'
import type { Recording, Tape } from '../wire/wire-tap.ts'
import type { Check } from './check.ts'
import { DONE } from './exchange-checks.ts'
import { binary, COMPRESSIBLE, expectEchoed, HELLO, noise, text, UNICODE } from './messages.ts'

const Opcode = { continuation: 0, text: 1, ping: 9, pong: 10 }

/** Compression that is worth the name leaves less than a third of such text. */
const MAX_COMPRESSED_SHARE = 0.33

const FRAGMENTED = { ...text(UNICODE, 50), fragments: 5 }

/** The first message was cut, with its end marked. */
function expectFragments({ dataFrames }: Tape): void {
  const [first, ...others] = dataFrames
  const end = others.findIndex(({ isFinal }) => isFinal)
  assert.equal(first?.opcode, Opcode.text)
  assert.equal(first.isFinal, false, 'the message came in one frame')
  assert.ok(end >= 1, `the message came in ${end + 2} frames only`)
  assert.ok(others.slice(0, end + 1).every(({ opcode }) => opcode === Opcode.continuation))
}

export const sentFragments: Check = {
  name: 'fragments',
  title: 'a message that the client sends in several frames, cut within characters where it can',
  needs: ['fragments'],
  async run(stage) {
    const { outcome, wire } = await stage.run({ messages: [FRAGMENTED, ...HELLO], close: DONE })
    expectEchoed(outcome, [FRAGMENTED, ...HELLO])
    expectFragments(wire.fromClient)
  },
}

export const receivedFragments: Check = {
  name: 'fragments',
  title: 'a message that the server sends in several frames',
  needs: ['fragments'],
  async run(stage) {
    const messages = [text(UNICODE, 50)]
    const { outcome, wire } = await stage.run({ messages, query: { fragments: '5' }, close: DONE })
    expectEchoed(outcome, messages)
    expectFragments(wire.toClient)
  },
}

const payloads = (frames: readonly SeenFrame[], opcode: number): readonly string[] =>
  frames.filter((frame) => frame.opcode === opcode).map(({ payload }) => payload.toString('latin1'))

/** What one side asked with its ping was what the other answered with its pong (RFC 6455 §5.5.3). */
function expectAnswered(asking: Tape, answering: Tape): void {
  const pings = payloads(asking.frames, Opcode.ping)
  assert.equal(pings.length, 1, 'no ping was sent')
  assert.deepEqual(payloads(answering.frames, Opcode.pong), pings)
}

/** Compression is agreed on, and what goes this way is compressed. */
async function expectDeflated(stage: Stage, direction: keyof Recording): Promise<void> {
  const messages = [COMPRESSIBLE]
  const { outcome, wire } = await stage.run({ path: '/deflate', messages, deflate: true, close: DONE })
  expectEchoed(outcome, messages)
  if (outcome.extensions !== undefined) assert.match(outcome.extensions, /^permessage-deflate/)
  const { dataFrames, totalBytes } = wire[direction]
  const maxBytes = COMPRESSIBLE.unit.length * COMPRESSIBLE.times * MAX_COMPRESSED_SHARE
  assert.equal(dataFrames[0]?.isCompressed, true, 'RSV1 is not set')
  assert.ok(totalBytes < maxBytes, `${totalBytes} bytes went over the wire, not under ${maxBytes}`)
}

export const wireChecks: readonly Check[] = [
  {
    name: 'pinged',
    title: 'the client answers a ping of the server',
    async run(stage) {
      const { outcome, wire } = await stage.run({ messages: HELLO, query: { ping: '' }, close: DONE })
      expectEchoed(outcome, HELLO)
      expectAnswered(wire.toClient, wire.fromClient)
    },
  },
  {
    name: 'pings',
    title: 'the server answers a ping of the client',
    needs: ['ping'],
    async run(stage) {
      const { outcome, wire } = await stage.run({ messages: HELLO, ping: true, close: DONE })
      expectEchoed(outcome, HELLO)
      expectAnswered(wire.fromClient, wire.toClient)
    },
  },
  {
    name: '←deflate',
    title: 'what the server sends is compressed',
    needs: ['deflate'],
    run: (stage) => expectDeflated(stage, 'toClient'),
  },
  {
    name: '→deflate',
    title: 'what the client sends is compressed',
    needs: ['deflate', 'compressing'],
    run: (stage) => expectDeflated(stage, 'fromClient'),
  },
  {
    name: 'deflated',
    title: 'compressed: messages of all kinds one after the other, some of which cannot be made smaller',
    needs: ['deflate'],
    async run(stage) {
      const kinds = [text(''), COMPRESSIBLE, noise(256), text(UNICODE, 300), binary('00', 60_000), binary('')]
      const messages = Array.from({ length: 10 }, () => kinds).flat()
      const { outcome } = await stage.run({ path: '/deflate', messages, deflate: true, close: DONE })
      expectEchoed(outcome, messages)
    },
  },
]
