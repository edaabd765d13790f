import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { compareContracts } from './compare-contracts.ts'
import type { ChannelDefinition } from './contract.ts'
import { describeContract } from './describe-contract.ts'

const chat = {
  events: { message: z.object({ text: z.string(), kind: z.enum(['plain', 'action']) }) },
  signals: { typing: z.object({ on: z.boolean() }) },
  presence: z.object({ name: z.string() }),
  calls: {
    rename: {
      input: z.object({ title: z.string() }),
      output: z.object({ ok: z.boolean() }),
      errors: { taken: z.object({ by: z.string() }) },
    },
    touch: {},
  },
  history: { maxItems: 100, ttlMs: 60_000 },
} satisfies ChannelDefinition

const describe_ = (channel: ChannelDefinition, more: Record<string, ChannelDefinition> = {}) =>
  describeContract({ version: 1, channels: { 'chat:{id}': channel, ...more } })

/** What changing a part of the channel does, as `breaking`, or `fine` for what is only worth a mention. */
const changesOf = (part: ChannelDefinition): readonly string[] =>
  compareContracts(describe_(chat), describe_({ ...chat, ...part })).map(
    ({ place, message, isBreaking }) => `${isBreaking ? 'breaking' : 'fine'}: ${place}: ${message}`,
  )

const { message } = chat.events
const { rename, touch } = chat.calls

describe('compareContracts', () => {
  it('finds nothing where nothing has changed', () => {
    expect(changesOf({})).toEqual([])
  })

  it.each<[string, ChannelDefinition, readonly string[]]>([
    [
      'an event with one key more, which clients may leave out',
      { events: { message: message.extend({ tag: z.string().optional() }) } },
      [],
    ],
    [
      'an event with a key that clients must send',
      { events: { message: message.extend({ tag: z.string() }) } },
      ['breaking: chat:{id} › event message: no longer accepts everything that clients may send'],
    ],
    [
      'an event with a key that the server fills in',
      { events: { message: message.extend({ tag: z.string().default('none') }) } },
      [],
    ],
    [
      'an event without a key that clients read',
      { events: { message: message.omit({ kind: true }) } },
      ['breaking: chat:{id} › event message: may carry what clients do not expect'],
    ],
    [
      'an enumeration with one value more, which clients do not know',
      { events: { message: message.extend({ kind: z.enum(['plain', 'action', 'image']) }) } },
      ['breaking: chat:{id} › event message: may carry what clients do not expect'],
    ],
    [
      'a text that must be shorter',
      { events: { message: message.extend({ text: z.string().max(5) }) } },
      ['breaking: chat:{id} › event message: no longer accepts everything that clients may send'],
    ],
    [
      'an event more and a signal less',
      { events: { message, edit: z.string() }, signals: {} },
      [
        'fine: chat:{id} › event edit: the event is new',
        'breaking: chat:{id} › signal typing: the signal is gone',
      ],
    ],
    [
      'a call that accepts more and answers more, with one error more',
      {
        calls: {
          touch,
          rename: {
            input: z.object({ title: z.string().nullable() }),
            output: z.object({ ok: z.boolean(), at: z.number() }),
            errors: { ...rename.errors, locked: z.object({}) },
          },
        },
      },
      ['fine: chat:{id} › call rename › error locked: the error is new'],
    ],
    [
      'a call that wants something where it wanted nothing',
      { calls: { rename, touch: { input: z.object({ x: z.number() }) } } },
      ['breaking: chat:{id} › call touch: no longer accepts everything that clients may send'],
    ],
    [
      'a call that answers nothing any more',
      { calls: { touch, rename: { input: rename.input, errors: rename.errors } } },
      ['breaking: chat:{id} › call rename: may carry what clients do not expect'],
    ],
    [
      'presence that asks for more',
      { presence: z.object({ name: z.string(), mood: z.string() }) },
      ['breaking: chat:{id} › presence: no longer accepts everything that clients may send'],
    ],
    [
      'a shorter history',
      { history: { maxItems: 10, ttlMs: 60_000 } },
      ['fine: chat:{id} › history: is shorter'],
    ],
    ['a longer history', { history: { maxItems: 1000, ttlMs: 60_000 } }, []],
  ])('judges %s', (_, part, expected) => {
    expect(changesOf(part)).toEqual(expected)
  })

  it('misses what is gone, and not what is new', () => {
    const { presence: _, history: __, ...rest } = chat
    const [whole, less] = [describe_(chat, { lobby: {} }), describe_(rest)]
    const summary = (changes: ReturnType<typeof compareContracts>) =>
      changes.map(({ place, isBreaking }) => [place, isBreaking])
    expect(summary(compareContracts(whole, less))).toEqual([
      ['chat:{id} › presence', true],
      ['chat:{id} › history', true],
      ['lobby', true],
    ])
    expect(summary(compareContracts(less, whole))).toEqual([
      ['chat:{id} › presence', false],
      ['chat:{id} › history', false],
      ['lobby', false],
    ])
  })
})
