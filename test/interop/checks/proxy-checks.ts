// Checks of what only matters behind a proxy.
import assert from 'node:assert/strict'
import { IDLE_SECONDS } from '../proxies/proxy-peer.ts'
import type { Check } from './check.ts'
import { DONE } from './exchange-checks.ts'
import { expectEchoed, HELLO } from './messages.ts'

/** The address that the clients of proxies connect from, on Linux as local as 127.0.0.1. */
export const CLIENT_ADDRESS = '127.0.0.9'

/** Longer than the proxy waits, twice. */
const IDLE_MS = IDLE_SECONDS * 2 * 1000 + 500

export const proxyChecks: readonly Check[] = [
  {
    name: 'forwarded',
    title: 'the server knows the address, the host and the scheme of the client, whatever the client claims',
    async run(stage) {
      for (const isSecure of [false, true]) {
        const query = { whoami: '', close: '1000' }
        const { outcome } = await stage.run({ messages: HELLO, query, isSecure })
        const facts = JSON.parse(outcome.firstText ?? 'null') as Record<string, unknown>
        assert.equal(facts.remoteAddress, CLIENT_ADDRESS)
        assert.equal(facts.isSecure, isSecure)
      }
    },
  },
  {
    name: 'idle',
    title:
      'a connection on which nothing is said outlives the timeout of the proxy, because the server pings',
    async run(stage) {
      const { outcome, wire } = await stage.run({
        path: '/pinging',
        messages: HELLO,
        idleMs: IDLE_MS,
        close: DONE,
      })
      expectEchoed(outcome, HELLO)
      assert.equal(outcome.closed.code, 1000)
      assert.ok(
        wire.fromClient.frames.filter(({ opcode }) => opcode === 10).length >= 3,
        'hardly a ping was answered',
      )
    },
  },
  {
    name: 'cut',
    title: 'without pings the proxy cuts it, and both sides see 1006',
    needs: ['idle-timeout'],
    async run(stage) {
      const { outcome, serverEvent } = await stage.run({ path: '/silent', messages: HELLO })
      expectEchoed(outcome, HELLO)
      assert.equal(outcome.closed.code, 1006)
      assert.deepEqual(await serverEvent(), { code: 1006, reason: '', wasClean: false })
    },
  },
]
