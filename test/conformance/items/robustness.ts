// RFC 6455 §10.4 and §10.7: what inputs may cost, and that none does harm.
import { readFileSync } from 'node:fs'
import { DEFAULT_WEBSOCKET_LIMITS } from '@roomcast/server/websocket'
import { holds, same } from '../check.ts'
import { binary, close, frame, OP, ping, text } from '../frames.ts'
import type { Item } from '../item.ts'
import { eventually } from '../patience.ts'
import { conversation, transcriptOf, transcriptOfWs } from '../differential.ts'
import type { Peer } from '../peer.ts'
import { between, randomBytesOf } from '../random.ts'
import { firstGoodOf, percentile, usedBytes } from '../resources.ts'
import { drop } from '../transports.ts'
import type { Trial } from '../trial.ts'

const MIB = 2 ** 20

/** How long each of so many echoes takes, in milliseconds. */
async function echoTimes(peer: Peer, count: number): Promise<number[]> {
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const startedAt = performance.now()
    await peer.expectEcho('tick', text('tick'))
    times.push(performance.now() - startedAt)
  }
  return times
}

/** The memory that five connections hold that were promised 200 MiB each, and given ten bytes. */
async function retainedByDeclared(trial: Trial): Promise<number> {
  const endpoint = trial.endpoint({ limits: { maxMessageBytes: 256 * MIB } })
  const peers = await Promise.all(Array.from({ length: 5 }, () => trial.open({ endpoint })))
  for (const peer of peers) await peer.expectAlive()
  const before = await usedBytes()
  for (const peer of peers) {
    peer.send(ping('first'), binary(Buffer.alloc(10), { declaredBytes: 200 * MIB }))
    await peer.pong()
  }
  await Promise.all(peers.map((peer) => peer.flush()))
  const retained = (await usedBytes()) - before
  for (const peer of peers) await drop(peer.stream)
  return retained
}

/** The memory that a message holds after ten floods of fragments, and before its end. */
async function retainedByFlood(trial: Trial, flood: Uint8Array): Promise<number> {
  const peer = await trial.open({ endpoint: trial.endpoint({ limits: { maxFragments: Infinity } }) })
  await peer.expectAlive()
  const before = await usedBytes()
  peer.send(text('', { isFinal: false }))
  for (let count = 0; count < 10; count++) {
    peer.send(flood)
    await peer.flush()
  }
  peer.send(ping('all'))
  await peer.pong()
  const retained = (await usedBytes()) - before
  await drop(peer.stream)
  return retained
}

/** A valid frame, one that is wrong in some way, or noise. */
function mutant(trial: Trial): Buffer {
  const { random } = trial
  const bytes = frame(between(random, 0, 15), randomBytesOf(random, between(random, 0, 40)), {
    isFinal: random() < 0.7,
    rsv: random() < 0.8 ? 0 : between(random, 0, 7),
    isMasked: random() < 0.9,
    ...(random() < 0.2 ? { declaredBytes: between(random, 0, 70_000) } : {}),
  })
  if (random() < 0.5) bytes[between(random, 0, bytes.length - 1)] = between(random, 0, 255)
  return random() < 0.1 ? randomBytesOf(random, 60) : bytes
}

export const ROBUSTNESS: readonly Item[] = [
  {
    number: 113,
    section: '6455 §10.4',
    level: 'L',
    statement: 'every limit has a default and says so; Infinity turns one off, and zero allows none',
    test: async (trial) => {
      const source = new URL('../../../packages/server/src/websocket/websocket-limits.ts', import.meta.url)
      const code = readFileSync(source, 'utf8')
      for (const [name, value] of Object.entries(DEFAULT_WEBSOCKET_LIMITS)) {
        const numbers = typeof value === 'number' ? [value] : Object.values(value as object)
        holds(
          numbers.every((number) => Number(number) > 0),
          `a positive default of ${name}`,
          value,
        )
        const at = code.indexOf(`readonly ${name}:`)
        const comment = code.slice(code.lastIndexOf('/**', at), at)
        holds(at > 0 && comment.includes('@default'), `a documented default of ${name}`, comment)
      }
      const unlimited = await trial.open({
        endpoint: trial.endpoint({ limits: { maxMessageBytes: Infinity } }),
      })
      await unlimited.expectEcho(Buffer.alloc(2 * MIB, 3), binary(Buffer.alloc(2 * MIB, 3)))
      const none = { endpoint: trial.endpoint({ limits: { maxMessageBytes: 0 } }), hasNeighbour: false }
      const empty = await trial.open(none)
      await empty.expectEcho('', text(''))
      empty.send(text('x'))
      await empty.expectFailure(1009, { delivered: [''], isFollowed: false })
    },
  },
  {
    number: 114,
    section: '6455 §10.4',
    level: 'L',
    isAlone: true,
    statement: 'a header that declares 200 MiB costs no memory before they arrive',
    test: async (trial) => {
      await firstGoodOf(
        3,
        () => retainedByDeclared(trial),
        (bytes) => holds(bytes < 2 * MIB, 'less than 2 MiB for 1000 declared', bytes),
      )
    },
  },
  {
    number: 115,
    section: '6455 §10.4',
    level: 'L',
    isAlone: true,
    statement: '131 000 fragments of one byte retain at most 1 MiB, or close the connection with 1008',
    test: async (trial) => {
      const part = frame(OP.continuation, 'x', { isFinal: false })
      const flood = Buffer.concat(Array.from({ length: 13_100 }, () => part))
      await firstGoodOf(
        3,
        () => retainedByFlood(trial, flood),
        (bytes) => holds(bytes <= MIB, `at most ${MIB} bytes retained`, bytes),
      )
      const limited = await trial.open()
      limited.send(text('', { isFinal: false }), flood)
      await limited.expectFailure(1008)
    },
  },
  {
    number: 116,
    section: '6455 §10.4',
    level: 'L',
    isAlone: true,
    statement:
      'floods of tiny frames and pings leave the echo of another connection below max(2x, +10 ms) at p99',
    test: async (trial) => {
      // With the limits that a server has by default.
      const { messageRate, byteRate, controlFrameRate } = DEFAULT_WEBSOCKET_LIMITS
      const endpoint = trial.endpoint({ limits: { messageRate, byteRate, controlFrameRate } })
      const measure = async (): Promise<boolean> => {
        const bystander = await trial.open({ endpoint })
        await bystander.expectAlive()
        const calm = percentile(await echoTimes(bystander, 50), 0.99)
        const floods = [text(''), ping(''), frame(OP.continuation, '', { isFinal: false })]
        const silent = { endpoint, application: () => ({}), hasNeighbour: false }
        const attackers = await Promise.all(floods.map(() => trial.open(silent)))
        attackers.forEach((attacker, index) => {
          if (index === 2) attacker.send(text('', { isFinal: false }))
          attacker.send(Buffer.concat(Array.from({ length: 20_000 }, () => floods[index]!)))
          void attacker.flush()
        })
        const harried = percentile(await echoTimes(bystander, 50), 0.99)
        for (const attacker of attackers) {
          same((await attacker.closeFrame()).code, 1008, 'the Close frame of an attacker')
          await drop(attacker.stream)
        }
        return harried <= Math.max(2 * calm, calm + 10)
      }
      // A pause of the machine is nobody's flood: one good run of ten will do. test/attacks measures it properly.
      await firstGoodOf(10, measure, (isCalm) =>
        holds(isCalm, 'an echo as fast as without the flood', 'ten runs in which it was not'),
      )
    },
  },
  {
    number: 117,
    section: '6455 §10.4',
    level: 'L',
    statement:
      'messages are delivered a few at a time; pause() holds within one message, and resume() loses nothing',
    test: async (trial) => {
      let inTurn = 0
      let most = 0
      const limits = { maxMessagesPerTurn: 10 }
      const names = Array.from({ length: 500 }, (_, index) => `m${index}`)
      const peer = await trial.open({
        endpoint: trial.endpoint({ limits }),
        hasNeighbour: false,
        application: ({ connection, messages }) => ({
          message: () => {
            if (inTurn++ === 0) setImmediate(() => (inTurn = 0))
            most = Math.max(most, inTurn)
            if (messages.length === 3) connection.pause()
          },
        }),
      })
      const { connection, messages } = peer.served
      peer.send(...names.map((name) => text(name)), ping('read on'))
      await peer.flush()
      await eventually(() => messages.length >= 3, 'the messages before the pause')
      same(messages, names.slice(0, 3), 'the messages before the pause')
      connection.resume()
      await eventually(() => messages.length === names.length, 'all messages')
      same(messages, names, 'the messages')
      // Two turns of ours may be one of the server's clock, hence twice.
      holds(most <= 2 * limits.maxMessagesPerTurn, `at most ${limits.maxMessagesPerTurn} in a turn`, most)
    },
  },
  {
    number: 118,
    section: '6455 §10.7',
    level: 'L',
    statement: 'whatever bytes arrive, the connection works or is closed with a code; no exception, no hang',
    test: async (trial) => {
      const endpoint = trial.endpoint({ limits: { closeTimeoutMs: 1000 } })
      await trial.each([...Array(20).keys()], async () => {
        const peer = await trial.open({ endpoint })
        peer.send(...Array.from({ length: 10 }, () => mutant(trial)))
        await peer.flush()
        await peer.end()
        // The strict decoder judges every byte of the answer.
        await peer.ended()
        const { code } = await peer.served.closed()
        holds(code >= 1000 && code <= 4999, 'a close event with a code', code)
      })
      await (await trial.open({ endpoint })).expectAlive()
    },
  },
  {
    number: 119,
    section: '6455 §10.7',
    level: 'L',
    statement:
      'random conversations end as they do with ws: the same echoes, the same code (Python: test/interop)',
    test: async (trial) => {
      await trial.each([...Array(5).keys()], async () => {
        const { bytes, expected } = conversation(trial)
        const theirs = await transcriptOfWs(trial, bytes)
        const peer = await trial.open({ hasNeighbour: false })
        peer.send(...bytes)
        same(await transcriptOf(peer), theirs, `the transcript of ${expected}`)
      })
    },
  },
  {
    number: 120,
    section: '6455 §10.7',
    level: 'L',
    statement: 'what a peer does wrong harms nobody, not even if the application never set handlers',
    test: async (trial) => {
      const offences = [
        frame(3, 'x'),
        text('naked', { isMasked: false }),
        text(Buffer.from([0xff])),
        close(1006),
      ]
      for (const bytes of offences) {
        const peer = await trial.open({ application: () => 'no handlers', hasNeighbour: false })
        peer.send(bytes)
        holds([1002, 1007].includes((await peer.closeFrame()).code), 'a Close with 1002 or 1007', 'another')
        await peer.ended()
      }
      const gone = await trial.open({ application: () => 'no handlers', hasNeighbour: false })
      gone.send(text('waits for handlers'))
      await gone.flush()
      await drop(gone.stream)
      await (await trial.open()).expectAlive()
    },
  },
]
