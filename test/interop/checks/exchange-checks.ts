// Checks of messages: that they come back as they were.
import assert from 'node:assert/strict'
import { SUBPROTOCOL } from '../peer.ts'
import type { Stage, StageTask } from '../stage.ts'
import type { MessageSpec } from '../task.ts'
import type { Check } from './check.ts'
import {
  ALL_BYTES,
  binary,
  expectEchoed,
  HELLO,
  LARGE,
  LENGTHS,
  MANY,
  MEBIBYTES,
  text,
  UNICODE,
} from './messages.ts'

/** Ends a connection after everything is back. */
export const DONE = { code: 1000, reason: '' }

async function exchange(stage: Stage, messages: readonly MessageSpec[], task: StageTask = {}): Promise<void> {
  const { outcome } = await stage.run({ messages, close: DONE, ...task })
  expectEchoed(outcome, messages)
}

const echoes = (name: string, title: string, messages: readonly MessageSpec[]): Check => ({
  name,
  title,
  run: (stage) => exchange(stage, messages),
})

export const exchangeChecks: readonly Check[] = [
  echoes('text', 'a text', HELLO),
  echoes('binary', 'all bytes', [binary(ALL_BYTES)]),
  echoes('empty', 'an empty text and no bytes', [text(''), binary(''), text('')]),
  echoes('unicode', 'characters of all lengths', [text(UNICODE), text(UNICODE, 1000)]),
  echoes('lengths', 'lengths around every border of the header', LENGTHS),
  echoes('1 MiB', 'a mebibyte of text and one of bytes', MEBIBYTES),
  echoes('16 MiB', 'sixteen mebibytes', LARGE),
  echoes('10,000', 'ten thousand messages at once, in order', MANY),
  {
    name: 'subprotocol',
    title: 'one of the offered subprotocols is selected, none if none is offered',
    async run(stage) {
      const selected = await stage.run({ protocols: ['interop.v1', SUBPROTOCOL], close: DONE })
      assert.equal(selected.outcome.subprotocol, SUBPROTOCOL)
      const none = await stage.run({ close: DONE })
      assert.equal(none.outcome.subprotocol, '')
    },
  },
  {
    name: 'tls',
    title: 'over TLS: a text, all bytes, a mebibyte, and the code of the server',
    async run(stage) {
      const messages = [...HELLO, binary(ALL_BYTES), ...MEBIBYTES]
      await exchange(stage, messages, { isSecure: true })
      const query = { close: '4000', reason: 'over TLS' }
      const { outcome } = await stage.run({ messages: HELLO, query, isSecure: true })
      assert.deepEqual(outcome.closed, { code: 4000, reason: 'over TLS' })
    },
  },
]
