// Servers that are wrong on purpose, to see that items can fail: ours behind a proxy that spoils it, or with options that do.
import type { Fields } from './messages.ts'
import { startLab, type Lab } from './lab.ts'
import { startTamperingProxy, type Tamper, type Tampering } from './tampering-proxy.ts'

/** A wrong server, the items that must find it out, and some that must not. */
export interface Planted {
  readonly name: string
  readonly start: () => Promise<Lab>
  readonly failing: readonly string[]
  readonly passing: readonly string[]
}

const behind = (tampering: Tampering) => async (): Promise<Lab> => {
  const lab = await startLab()
  const proxy = await startTamperingProxy(lab.url, tampering)
  return {
    url: proxy.url,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await lab[Symbol.asyncDispose]()
    },
  }
}

/** Changes messages one by one. */
const each =
  (change: (message: Fields) => unknown): Tamper =>
  () =>
  (message) => [change(message)]

/** Changes messages of one type. */
const only = (type: string, change: (message: Fields) => unknown): Tamper =>
  each((message) => (message.type === type ? change(message) : message))

/** Changes results that have this field. */
const onlyResult = (field: string, change: (result: Fields) => Fields): Tamper =>
  only('reply', (message) => {
    const result = message.result as Fields
    return field in result ? { ...message, result: change(result) } : message
  })

/** Leaves out messages. */
const without =
  (isLeftOut: (message: Fields) => boolean): Tamper =>
  () =>
  (message) =>
    isLeftOut(message) ? [] : [message]

/** Shows each client one secret for ever, and the server the one that it wants to see. */
function takingAnySecret(): Tampering {
  const secrets = new Map<unknown, unknown>()
  return {
    toClient: onlyResult('secret', (result) => {
      secrets.set(result.clientId, result.secret)
      return { ...result, secret: `the secret of ${String(result.clientId)}` }
    }),
    toServer: only('connect', (message) => {
      const resume = message.resume as Fields | undefined
      const secret = secrets.get(resume?.clientId) ?? 'none'
      return { ...message, ...(resume && { resume: { ...resume, secret } }) }
    }),
  }
}

export const PLANTED: readonly Planted[] = [
  {
    name: 'one that applies every publish, whatever its id',
    start: behind({
      toServer: only('publish', (message) => ({ ...message, publishId: crypto.randomUUID() })),
    }),
    failing: ['5.11', '6.1', '6.2', '6.3'],
    passing: ['5.10', '6.5', '6.6'],
  },
  {
    name: 'one that forgets publish ids at once',
    start: () => startLab({ dedupeWindowMs: 0 }),
    failing: ['6.1', '6.2'],
    passing: ['6.5', '6.6'],
  },
  {
    name: 'one that says recovered, whatever was lost',
    start: behind({
      toClient: onlyResult('recovered', ({ reason: _reason, ...result }) => ({ ...result, recovered: true })),
    }),
    failing: ['5.33', '5.34', '5.35', '5.37'],
    passing: ['5.30', '5.31', '5.32'],
  },
  {
    name: 'one that gives no reason',
    start: behind({ toClient: onlyResult('recovered', ({ reason: _reason, ...result }) => result) }),
    failing: ['5.33', '5.34'],
    passing: ['5.30'],
  },
  {
    name: 'one that takes every position for one of its stream',
    start: behind({
      toServer: only('subscribe', ({ recover, ...message }) => ({
        ...message,
        ...(recover !== undefined && { rewind: 1_000 }),
      })),
    }),
    failing: ['5.30', '5.33', '5.34'],
    passing: ['5.10', '5.13'],
  },
  {
    name: 'one that loses every tenth publication',
    start: behind({
      toClient: without(({ type, offset }) => type === 'publication' && Number(offset) % 10 === 0),
    }),
    failing: ['5.13', '5.16', '5.17'],
    passing: ['5.11', '5.14'],
  },
  {
    name: 'one that sends publications twice',
    start: behind({
      toClient: () => (message) => (message.type === 'publication' ? [message, message] : [message]),
    }),
    failing: ['5.11', '5.13', '6.1'],
    passing: ['4.1', '7.1'],
  },
  {
    name: 'one that answers twice',
    start: behind({
      toClient: () => (message) => (message.type === 'reply' ? [message, message] : [message]),
    }),
    failing: ['3.5', '4.1', '7.1'],
    passing: ['2.3', '4.7'],
  },
  {
    name: 'one that sends the replay before the reply',
    start: behind({
      toClient: () => {
        let held: Fields | undefined
        return (message) => {
          if (Number((message.result as Fields | undefined)?.replay) > 0) {
            held = message
            return []
          }
          const passing = held ? [message, held] : [message]
          held = undefined
          return passing
        }
      },
    }),
    failing: ['5.13', '5.30'],
    passing: ['5.10', '5.11'],
  },
  {
    name: 'one that does not say who published',
    start: behind({ toClient: only('publication', ({ from: _from, ...message }) => message) }),
    failing: ['2.26', '5.11'],
    passing: ['5.10', '5.12'],
  },
  {
    name: 'one that answers signals',
    start: behind({
      toClient: () => (message) =>
        message.type === 'signal' ? [message, { type: 'reply', id: 77, result: {} }] : [message],
    }),
    failing: ['6.20', '6.21'],
    passing: ['6.5', '6.30'],
  },
  {
    name: 'one that takes any secret',
    start: behind(takingAnySecret()),
    failing: ['4.8', '4.10', '4.11'],
    passing: ['4.1', '4.2', '4.12'],
  },
  {
    name: 'one that removes presence as soon as a connection is lost',
    start: () => startLab({ presenceGraceMs: 0 }),
    failing: ['7.7', '7.8'],
    passing: ['7.1', '7.2', '7.9'],
  },
  {
    name: 'one that says nothing of leaves',
    start: behind({
      toClient: without(({ type, change }) => type === 'presence' && (change as Fields).kind === 'leave'),
    }),
    failing: ['7.1', '7.7', '7.9'],
    passing: ['7.2', '7.4'],
  },
  {
    name: 'one that counts no changes of presence',
    start: behind({
      toClient: only('presence', (message) => ({ ...message, position: { epoch: 'p', offset: 1 } })),
    }),
    failing: ['7.1', '7.13'],
    passing: ['7.3', '7.12'],
  },
  {
    name: 'one that closes with 1000, whatever happened',
    start: behind({ closeCode: () => 1000 }),
    failing: ['2.7', '3.1', '4.4', '4.6', '4.7', '4.12'],
    passing: ['4.8', '8.2'],
  },
  {
    name: 'one that drops a key __proto__ and goes on',
    start: behind({
      toServer: each((message) =>
        JSON.parse(JSON.stringify(message), (key, value: unknown) =>
          key === '__proto__' ? undefined : value,
        ),
      ),
    }),
    failing: ['2.21'],
    passing: ['2.20', '2.22'],
  },
  {
    name: 'one that is lenient with names',
    start: behind({
      toServer: each((message) =>
        typeof message.room === 'string'
          ? { ...message, room: message.room.replace('%41', 'A').replace('num:042', 'num:42') }
          : message,
      ),
    }),
    failing: ['5.3', '5.4'],
    passing: ['5.1', '5.2'],
  },
  {
    name: 'one that tells why it failed',
    start: behind({
      toClient: only('error', (message) => ({
        ...message,
        error: { ...(message.error as Fields), stack: 'secret' },
      })),
    }),
    failing: ['6.32'],
    passing: ['6.31', '6.33'],
  },
  {
    name: 'one without limits',
    start: () =>
      startLab({
        limits: { connectTimeoutMs: 3_000, commandRate: { perSecond: 1e6, burst: 1e6 }, maxReplayBytes: 1e9 },
      }),
    failing: ['4.24', '5.40'],
    passing: ['4.7', '5.30'],
  },
]
