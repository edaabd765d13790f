// Checks of WebSockets over HTTP/2 (RFC 8441). What is on the wire is not looked at: it is not frames of ours.
import assert from 'node:assert/strict'
import { SUBPROTOCOL } from '../peer.ts'
import type { Http2Ways, Stage } from '../stage.ts'
import type { Check } from './check.ts'
import { DONE } from './exchange-checks.ts'
import { ALL_BYTES, binary, COMPRESSIBLE, expectEchoed, HELLO, LENGTHS, MEBIBYTES, text } from './messages.ts'

/** How the connection reached the server, by its own account. */
async function httpVersion(stage: Stage, http2: keyof Http2Ways): Promise<string> {
  const { outcome } = await stage.run({ messages: HELLO, query: { whoami: '', close: '1000' }, http2 })
  return (JSON.parse(outcome.firstText ?? '{}') as { httpVersion: string }).httpVersion
}

async function exchange(stage: Stage, http2: keyof Http2Ways): Promise<void> {
  const messages = [...HELLO, text(''), binary(ALL_BYTES), ...LENGTHS, ...MEBIBYTES]
  const protocols = ['interop.v1', SUBPROTOCOL]
  const { outcome } = await stage.run({ messages, protocols, close: DONE, http2 })
  expectEchoed(outcome, messages)
  assert.equal(outcome.subprotocol, SUBPROTOCOL)
  const deflated = await stage.run({
    path: '/deflate',
    messages: [COMPRESSIBLE],
    deflate: true,
    close: { code: 3000, reason: 'done' },
    http2,
  })
  expectEchoed(deflated.outcome, [COMPRESSIBLE])
  assert.deepEqual(await deflated.serverEvent(), { code: 3000, reason: 'done', wasClean: true })
  const query = { close: '4000', reason: 'over HTTP/2' }
  const closed = await stage.run({ messages: HELLO, query, http2 })
  assert.deepEqual(closed.outcome.closed, { code: 4000, reason: 'over HTTP/2' })
}

/** The client opens its WebSockets over HTTP/2 at our server. */
export const clientHttp2: Check = {
  name: 'http2',
  title: 'over HTTP/2: messages of all lengths, a subprotocol, compression, codes both ways',
  needs: ['http2'],
  async run(stage) {
    assert.equal(await httpVersion(stage, 'front'), '2.0')
    await exchange(stage, 'front')
  },
}

export const proxyHttp2: readonly Check[] = [
  {
    name: 'http2→',
    title: 'the same, where the client speaks HTTP/2 to the proxy',
    needs: ['http2'],
    async run(stage) {
      assert.equal(await httpVersion(stage, 'front'), '1.1')
      await exchange(stage, 'front')
    },
  },
  {
    name: '→http2',
    title: 'the same, where the proxy speaks HTTP/2 to our server',
    needs: ['http2-backend'],
    async run(stage) {
      assert.equal(await httpVersion(stage, 'backend'), '2.0')
      await exchange(stage, 'backend')
    },
  },
]
