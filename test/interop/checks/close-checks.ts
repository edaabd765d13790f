// Checks of the end: both sides see the code and the reason that the other gave.
import assert from 'node:assert/strict'
import type { Stage } from '../stage.ts'
import { eventually } from '../waiting.ts'
import type { Tape } from '../wire/wire-tap.ts'
import type { Check } from './check.ts'
import { expectEchoed, HELLO } from './messages.ts'

const CLOSE = 8

interface Ending {
  readonly code: number
  readonly reason: string
}

/** What a side's Close frame says, once it has been seen. There is no more than one (RFC 6455 §5.5.1). */
async function closeFrameIn(tape: Tape): Promise<Ending> {
  const closeFrames = () => tape.frames.filter(({ opcode }) => opcode === CLOSE)
  await eventually('a Close frame was on the wire', () => closeFrames().length > 0, 5000)
  const [frame, ...others] = closeFrames()
  assert.equal(others.length, 0, 'two Close frames were sent')
  const { payload } = frame!
  return payload.length < 2
    ? { code: 1005, reason: '' }
    : { code: payload.readUInt16BE(0), reason: payload.toString('utf8', 2) }
}

const clientCloses = (name: string, ending: Ending): Check => ({
  name,
  title: `the client closes with ${ending.code} and the server is told so`,
  async run(stage: Stage) {
    const { outcome, wire, serverEvent } = await stage.run({ messages: HELLO, close: ending })
    expectEchoed(outcome, HELLO)
    assert.deepEqual(await closeFrameIn(wire.fromClient), ending)
    const answer = await closeFrameIn(wire.toClient)
    assert.equal(outcome.closed.code, answer.code)
    if (!stage.own) return // aiohttp answers 1000 whatever it was told, as RFC 6455 §5.5.1 lets it
    assert.equal(answer.code, ending.code)
    assert.deepEqual(await serverEvent(), { ...ending, wasClean: true })
  },
})

const serverCloses = (name: string, ending: Ending): Check => ({
  name,
  title: `the server closes with ${ending.code} and the client is told so`,
  async run(stage: Stage) {
    const query = { close: String(ending.code), reason: ending.reason }
    const { outcome, wire, serverEvent } = await stage.run({ messages: HELLO, query })
    expectEchoed(outcome, HELLO)
    assert.deepEqual(outcome.closed, ending)
    const answer = await closeFrameIn(wire.fromClient)
    if (stage.own) assert.deepEqual(await serverEvent(), { ...answer, wasClean: true })
  },
})

export const closeChecks: readonly Check[] = [
  clientCloses('→1000', { code: 1000, reason: '' }),
  clientCloses('→3000', { code: 3000, reason: 'that’s all ✓' }),
  serverCloses('←1001', { code: 1001, reason: 'going away' }),
  serverCloses('←4000', { code: 4000, reason: 'please sign in again ✓' }),
]
