// RFC 6455 §5.6 and §8.1: bytes stay as they are, and texts are UTF-8.
import { holds, same } from '../check.ts'
import { deflateAlone } from '../deflate.ts'
import { binary, fragments, frame, OP, text } from '../frames.ts'
import type { Item } from '../item.ts'
import { randomBytesOf } from '../random.ts'
import { leastOfThree } from '../resources.ts'

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex')

/** Each with why it is not UTF-8; all of RFC 3629's reasons. */
const INVALID: Readonly<Record<string, string>> = {
  'overlong, two bytes': 'c0 80',
  'overlong, two bytes, the last': 'c1 bf',
  'overlong, three bytes': 'e0 80 80',
  'overlong, three bytes, the last': 'e0 9f bf',
  'overlong, four bytes': 'f0 80 80 80',
  'overlong, four bytes, the last': 'f0 8f bf bf',
  'the first surrogate': 'ed a0 80',
  'the last surrogate': 'ed bf bf',
  'a surrogate pair': 'ed a0 bd ed b8 80',
  'beyond U+10FFFF': 'f4 90 80 80',
  'five bytes': 'f8 88 80 80 80',
  'six bytes': 'fc 84 80 80 80 80',
  'a stray continuation': '80',
  'a stray continuation after a character': 'c3 a9 a9',
  'the byte FE': 'fe',
  'the byte FF': 'ff',
  'a lead without its continuation': 'c3 41',
  'three bytes without the last': 'e2 82 41',
  'an end in two bytes': '41 c3',
  'an end in three bytes': 'e2 82',
  'an end in four bytes': 'f0 9f 98',
}

const VALID: Readonly<Record<string, string>> = {
  empty: '',
  NUL: 'a\u0000b',
  'the edges of lengths': '\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}',
  'around the surrogates': '\ud7ff\ue000',
  noncharacters: '\ufdd0\ufffe\uffff\u{1fffe}\u{1ffff}',
  'the replacement character': '\ufffd',
  'a byte order mark': '\ufeffmarked\ufeff',
  languages: 'κόσμε Καλημέρα 日本語 العربية עברית हिन्दी 🎉👩‍👩‍👧‍👦',
}

export const DATA: readonly Item[] = [
  {
    number: 107,
    section: '6455 §5.6',
    level: 'M',
    statement: 'binary data is delivered as it came, whatever it is',
    test: async (trial) => {
      const peer = await trial.open()
      const every = Buffer.from(Array.from({ length: 256 }, (_, index) => index))
      for (const payload of [every, hex('ff fe 00 c0 80 ed a0 80'), randomBytesOf(trial.random, 5000)]) {
        await peer.expectEcho(payload, binary(payload))
        same(peer.served.messages.at(-1), payload, 'what was delivered')
      }
    },
  },
  {
    number: 108,
    section: '6455 §8.1',
    level: 'M',
    statement: 'any UTF-8 is delivered as it came: NUL, U+FFFD, U+10FFFF, noncharacters, byte order marks',
    test: async (trial) => {
      const peer = await trial.open()
      for (const value of Object.values(VALID)) {
        await peer.expectEcho(value, text(value))
        same(peer.served.messages.at(-1), value, 'what was delivered')
      }
    },
  },
  {
    number: 109,
    section: '6455 §8.1',
    level: 'M',
    statement: 'text that is not UTF-8 fails with 1007: overlong, surrogates, too large, stray, cut off',
    test: (trial) =>
      trial.each(
        Object.entries(INVALID),
        async ([, digits]) => {
          const peer = await trial.open()
          peer.send(text(hex(digits)))
          await peer.expectFailure(1007)
        },
        ([name]) => name,
      ),
  },
  {
    number: 110,
    section: '6455 §8.1',
    level: 'M',
    statement: 'a character may be cut by fragments at any byte',
    test: async (trial) => {
      const peer = await trial.open()
      const value = 'aé€😀z'
      const bytes = Buffer.from(value)
      for (let cut = 0; cut <= bytes.length; cut++) {
        peer.send(...fragments(OP.text, bytes, [cut]))
        await peer.expectMessage(value)
      }
      peer.send(
        ...fragments(
          OP.text,
          bytes,
          Array.from({ length: bytes.length - 1 }, () => 1),
        ),
      )
      await peer.expectMessage(value)
    },
  },
  {
    number: 111,
    section: '6455 §8.1',
    level: 'S',
    isAlone: true,
    statement:
      'an invalid byte fails with 1007 within 100 ms, before the end of the message and of the frame',
    test: async (trial) => {
      const bad = Buffer.concat([Buffer.from('κόσμε'), hex('f4 90')])
      const beginnings = {
        'the frame goes on': text(bad, { declaredBytes: 1000 }),
        'the message goes on': text(bad, { isFinal: false }),
        'a later fragment': Buffer.concat([
          text('good', { isFinal: false }),
          frame(OP.continuation, bad, { isFinal: false, declaredBytes: 500 }),
        ]),
      }
      await trial.each(
        Object.entries(beginnings),
        async ([, bytes]) => {
          const took = await leastOfThree(async () => {
            const peer = await trial.open()
            await peer.expectAlive()
            peer.send(bytes)
            await peer.flush()
            const sentAt = performance.now()
            await peer.closeFrame()
            const duration = performance.now() - sentAt
            await peer.expectFailure(1007, { isFollowed: false })
            return duration
          })
          holds(took <= 100, 'a Close within 100 ms', `${Math.round(took)} ms`)
        },
        ([name]) => name,
      )
    },
  },
  {
    number: 112,
    section: '7692 §6',
    level: 'M',
    statement: 'a compressed text is validated as it is after it was inflated, not before',
    test: async (trial) => {
      const endpoint = trial.endpoint({ deflate: true })
      const value = 'é€😀'.repeat(20)
      const good = await trial.openDeflated(endpoint, 'permessage-deflate; client_no_context_takeover')
      await good.peer.expectEcho(value, text(deflateAlone(value), { rsv: 4 }))
      const bad = await trial.openDeflated(endpoint, 'permessage-deflate; client_no_context_takeover')
      bad.peer.send(text(deflateAlone(hex('41 ed a0 80 41')), { rsv: 4 }))
      await bad.peer.expectFailure(1007)
    },
  },
]
