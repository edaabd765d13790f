// RFC 7692 §5 and §7.1: what a server answers to offers of permessage-deflate.
import { holds, oneOf, same } from '../check.ts'
import { deflateAlone, readDeflateAnswer } from '../deflate.ts'
import { text } from '../frames.ts'
import type { ServerOptions } from '../host.ts'
import type { Item } from '../item.ts'
import { randomBytesOf } from '../random.ts'
import { valuesOf } from '../transports.ts'
import type { Trial } from '../trial.ts'

const PMD = 'permessage-deflate'
const KNOWN = [
  'server_no_context_takeover',
  'client_no_context_takeover',
  'server_max_window_bits',
  'client_max_window_bits',
]

type Deflate = NonNullable<ServerOptions['deflate']>

/** The parameters of the answer to an offer; undefined if all was declined. The handshake must be granted. */
async function answerTo(
  trial: Trial,
  offer: string | readonly string[],
  deflate: Deflate = true,
): Promise<ReadonlyMap<string, string | undefined> | undefined> {
  const endpoint = trial.endpoint({ deflate })
  const handshake = await trial.handshake({ endpoint, changes: { 'Sec-WebSocket-Extensions': offer } })
  oneOf(handshake.status, [101, 200], 'the status')
  const values = valuesOf(handshake, 'sec-websocket-extensions')
  holds(values.length <= 1, 'at most one field', values)
  // What was agreed on works.
  await handshake.peer?.expectEcho('works', text('works'))
  return values[0] === undefined ? undefined : readDeflateAnswer(values[0])
}

async function expectDeclined(trial: Trial, offer: string | readonly string[]): Promise<void> {
  const answer = await answerTo(trial, offer)
  same(answer === undefined ? undefined : [...answer], undefined, `the answer to ${String(offer)}`)
}

async function expectAccepted(
  trial: Trial,
  offer: string | readonly string[],
  deflate: Deflate = true,
): Promise<ReadonlyMap<string, string | undefined>> {
  const answer = await answerTo(trial, offer, deflate)
  if (answer === undefined) holds(false, `${String(offer)} is accepted`, 'it was declined')
  return answer!
}

/** Compressible, and with repetitions at any distance up to its length. */
function repetitive(trial: Trial, bytes: number): Buffer {
  const unit = randomBytesOf(trial.random, 600)
  return Buffer.concat(Array.from({ length: Math.ceil(bytes / unit.length) }, () => unit)).subarray(0, bytes)
}

export const DEFLATE_NEGOTIATION: readonly Item[] = [
  {
    number: 121,
    section: '7692 §5',
    level: 'M',
    statement: 'where compression is not configured, no offer is accepted and RSV1 is not used',
    test: async (trial) => {
      const long = 'x'.repeat(5000)
      const changes = { 'Sec-WebSocket-Extensions': PMD }
      for (const options of [{}, { deflate: false }]) {
        const handshake = await trial.handshake({ endpoint: trial.endpoint(options), changes })
        same(valuesOf(handshake, 'sec-websocket-extensions'), [], 'the extensions')
        await handshake.peer?.expectEcho(long, text(long))
      }
      const refused = await trial.handshake({ changes })
      refused.peer?.send(text(deflateAlone(long), { rsv: 4 }))
      await refused.peer?.expectFailure(1002)
    },
  },
  {
    number: 122,
    section: '7692 §7.1',
    level: 'M',
    statement: 'an offer without parameters is accepted',
    test: async (trial) => {
      await expectAccepted(trial, PMD)
    },
  },
  {
    number: 123,
    section: '7692 §7.1',
    level: 'M',
    statement:
      'an offer with an unknown parameter is declined, the next one tried, and the handshake goes on',
    test: (trial) =>
      trial.each(['foo', 'foo=1', 'constructor', 'server_no_context_takeover; x'], async (parameters) => {
        await expectDeclined(trial, `${PMD}; ${parameters}`)
        await expectAccepted(trial, `${PMD}; ${parameters}, ${PMD}`)
      }),
  },
  {
    number: 124,
    section: '7692 §7.1',
    level: 'M',
    statement: 'an offer with a parameter twice is declined',
    test: (trial) =>
      trial.each(KNOWN, async (name) => {
        const value = name.endsWith('bits') ? '=10' : ''
        await expectDeclined(trial, `${PMD}; ${name}${value}; ${name}${value}`)
      }),
  },
  {
    number: 125,
    section: '7692 §7.1.2.1',
    level: 'M',
    statement:
      'server_max_window_bits is 8 to 15 in decimal without leading zeros, quoted or not; else declined',
    test: async (trial) => {
      const invalid = [
        '',
        '=7',
        '=16',
        '=08',
        '=010',
        '=10.0',
        '="10.0"',
        '=+10',
        '=0xA',
        '=-10',
        '=1e1',
        '="08"',
        '=a',
      ]
      await trial.each(invalid, (value) => expectDeclined(trial, `${PMD}; server_max_window_bits${value}`))
      await trial.each(['=9', '=10', '=15', '="10"', ' = 12'], async (value) => {
        const answer = await expectAccepted(trial, `${PMD}; server_max_window_bits${value}`)
        const offered = Number(value.replaceAll('=', '').replaceAll('"', ''))
        const bits = Number(answer.get('server_max_window_bits'))
        holds(bits >= 8 && bits <= offered, `a window of at most ${offered} bits`, bits)
      })
      await trial.each(['server_no_context_takeover', 'client_no_context_takeover'], (name) =>
        expectDeclined(trial, `${PMD}; ${name}=1`),
      )
    },
  },
  {
    number: 126,
    section: '7692 §7.1.2.2',
    level: 'M',
    statement: 'client_max_window_bits without a value or with 8 to 15 is accepted, with any other declined',
    test: async (trial) => {
      await trial.each(['', '=8', '=9', '=15', '="10"'], async (value) => {
        await expectAccepted(trial, `${PMD}; client_max_window_bits${value}`)
      })
      await trial.each(['=7', '=16', '=08', '=10.0', '=x'], (value) =>
        expectDeclined(trial, `${PMD}; client_max_window_bits${value}`),
      )
    },
  },
  {
    number: 127,
    section: '7692 §7.1.2.2',
    level: 'M',
    statement: 'the answer names client_max_window_bits only if the offer did, and no more than was offered',
    test: async (trial) => {
      const deflate = { peerMaxWindowBits: 10 }
      same((await expectAccepted(trial, PMD, deflate)).has('client_max_window_bits'), false, 'the parameter')
      const asked = await expectAccepted(trial, `${PMD}; client_max_window_bits`, deflate)
      same(asked.get('client_max_window_bits'), '10', 'the window')
      const small = await expectAccepted(trial, `${PMD}; client_max_window_bits=9`, deflate)
      same(small.get('client_max_window_bits'), '9', 'the window')
    },
  },
  {
    number: 128,
    section: '7692 §7.1.1.1',
    level: 'M',
    statement:
      'server_no_context_takeover, if offered, is answered and obeyed: every message can be read by itself',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: { contextTakeover: true, thresholdBytes: 0 } })
      const offer = `${PMD}; server_no_context_takeover`
      const { peer, answer } = await trial.openDeflated(endpoint, offer)
      same(
        [answer.has('server_no_context_takeover'), answer.get('server_no_context_takeover')],
        [true, undefined],
        'the answer',
      )
      const value = 'the same words again and again '.repeat(10)
      // The peer reads each with an empty window, which cannot be if one refers back to the last.
      const sizes: number[] = []
      for (let count = 0; count < 3; count++) {
        peer.send(text(value))
        const message = await peer.expectMessage(value)
        same(message.isCompressed, true, 'compression')
        sizes.push(message.wireBytes)
      }
      same(new Set(sizes).size, 1, 'different sizes of the same message')
    },
  },
  {
    number: 129,
    section: '7692 §7.1.2.1',
    level: 'M',
    statement:
      'server_max_window_bits=n, if offered, is answered with at most n, and nothing refers back further',
    test: async (trial) => {
      for (const contextTakeover of [true, false]) {
        const endpoint = trial.endpoint({ deflate: { contextTakeover, thresholdBytes: 0 } })
        for (const bits of [9, 10, 12, 15]) {
          const offer = `${PMD}; server_max_window_bits=${bits}`
          const { peer, answer } = await trial.openDeflated(endpoint, offer, { hasNeighbour: false })
          const answered = Number(answer.get('server_max_window_bits'))
          holds(answered >= 8 && answered <= bits, `at most ${bits}`, answered)
          // Repetitions 600 and more bytes apart, read by zlib with a window of exactly what was agreed on.
          for (const payload of [repetitive(trial, 5000), repetitive(trial, 40_000)]) {
            peer.served.connection.send(payload)
            await peer.expectMessage(payload)
          }
        }
      }
    },
  },
  {
    number: 130,
    section: '7692 §7.1.2.1',
    level: 'M',
    statement: 'server_max_window_bits=8 is declined, since zlib would use 9; the next offer is tried',
    test: async (trial) => {
      await expectDeclined(trial, `${PMD}; server_max_window_bits=8`)
      const answer = await expectAccepted(
        trial,
        `${PMD}; server_max_window_bits=8, ${PMD}; server_max_window_bits=9`,
      )
      same(answer.get('server_max_window_bits'), '9', 'the window')
    },
  },
  {
    number: 131,
    section: '7692 §7.1',
    level: 'M',
    statement: 'the answer holds no parameter but the four of the RFC, each once, with valid values',
    test: async (trial) => {
      const options: readonly Deflate[] = [
        true,
        { contextTakeover: true, peerContextTakeover: true },
        { maxWindowBits: 9 },
      ]
      const offers = [
        PMD,
        `${PMD}; client_max_window_bits`,
        `${PMD}; server_max_window_bits=10; client_no_context_takeover`,
      ]
      for (const deflate of options) {
        for (const offer of offers) {
          for (const [name, value] of await expectAccepted(trial, offer, deflate)) {
            oneOf(name, KNOWN, 'the parameters')
            const isValid = name.endsWith('bits')
              ? Number(value) >= 8 && Number(value) <= 15
              : value === undefined
            holds(isValid, `a valid value of ${name}`, value)
          }
        }
      }
    },
  },
  {
    number: 132,
    section: '7692 §5',
    level: 'M',
    statement: 'of several offers, in one field or more, the first acceptable one is chosen',
    test: async (trial) => {
      const first = `${PMD}; server_max_window_bits=10`
      const second = `${PMD}; server_max_window_bits=11`
      for (const offer of [
        `${first}, ${second}`,
        [first, second],
        ['foo', first, second],
        [`${PMD}; x, ${first}`],
      ]) {
        same((await expectAccepted(trial, offer)).get('server_max_window_bits'), '10', 'the window')
      }
    },
  },
  {
    number: 133,
    section: '6455 §9.1',
    level: 'M',
    statement: 'a malformed list of extensions is refused with 400',
    test: (trial) =>
      trial.each(
        [
          ';',
          `${PMD};`,
          `${PMD}; =1`,
          `${PMD};;x`,
          `${PMD} x`,
          `${PMD}; a b`,
          `${PMD}, ,x`,
          `${PMD}; a="b`,
          `${PMD}; a="b c"`,
        ],
        async (offer) => {
          const endpoint = trial.endpoint({ deflate: true })
          const handshake = await trial.handshake({
            endpoint,
            changes: { 'Sec-WebSocket-Extensions': offer },
          })
          same(handshake.status, 400, 'the status')
        },
      ),
  },
  {
    number: 134,
    section: '6455 §9.1',
    level: 'M',
    statement: 'a quoted value stands for the token in it, escapes undone',
    test: (trial) =>
      trial.each(['"10"', '"\\10"', '"1\\0"', '"\\1\\0"'], async (value) => {
        const answer = await expectAccepted(trial, `${PMD}; server_max_window_bits=${value}`)
        same(answer.get('server_max_window_bits'), '10', 'the window')
      }),
  },
  {
    number: 135,
    section: '6455 §9.1',
    level: 'M',
    statement: 'other extensions are passed over',
    test: async (trial) => {
      for (const other of [
        'x-webkit-deflate-frame',
        'foo; bar=1; baz="q"',
        'permessage-bzip2',
        'Permessage-Deflate2',
      ]) {
        await expectDeclined(trial, other)
        await expectAccepted(trial, `${other}, ${PMD}`)
      }
    },
  },
]
