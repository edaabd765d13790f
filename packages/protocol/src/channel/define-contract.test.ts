import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { ChannelDefinition, Contract } from './contract.ts'
import { ContractError, defineContract } from './define-contract.ts'

/** Defines what the compiler would refuse, as plain JavaScript can. */
const define = defineContract as unknown as (contract: unknown) => Contract

const channel = (definition: ChannelDefinition, pattern = 'chat:{roomId}'): unknown => ({
  version: 1,
  channels: { [pattern]: definition },
})

const history = (maxItems: unknown, ttlMs: unknown): unknown =>
  channel({ history: { maxItems, ttlMs } as NonNullable<ChannelDefinition['history']> })

describe('defineContract', () => {
  it('returns the contract it was given', () => {
    const contract = { version: 1, channels: { lobby: {} } } as const
    expect(defineContract(contract)).toBe(contract)
  })

  it('accepts every part of a channel', () => {
    const full = channel({
      params: z.object({ roomId: z.coerce.number() }),
      events: { message: z.object({ text: z.string(), replyTo: z.string().optional() }) },
      signals: { typing: z.boolean() },
      presence: z.union([z.object({ name: z.string() }), z.null()]),
      calls: {
        plain: {},
        rename: { input: z.date(), output: z.json(), errors: { taken: z.record(z.string(), z.number()) } },
      },
      history: { maxItems: 100_000, ttlMs: 1000 },
    })
    expect(define(full)).toBe(full)
  })

  it('accepts channels named like members of Object.prototype', () => {
    const channels = Object.fromEntries(['__proto__', 'constructor'].map((name) => [name, {}]))
    expect(Object.keys(define({ version: 1, channels }).channels)).toEqual(['__proto__', 'constructor'])
  })

  const mistakes: Readonly<Record<string, unknown>> = {
    'a version of 0': { version: 0, channels: { lobby: {} } },
    'a version with a fraction': { version: 1.5, channels: { lobby: {} } },
    'no version': { channels: { lobby: {} } },
    'no channel': { version: 1, channels: {} },
    'a pattern with an empty segment': channel({}, 'chat:'),
    'a pattern with a parameter inside a segment': channel({}, 'chat-{roomId}'),
    'a pattern with a parameter twice': channel({}, '{id}:{id}'),
    'two patterns for one name': {
      version: 1,
      channels: { 'chat:{id}': {}, 'news:{id}': {}, '{kind}:main': {} },
    },
    'params without the one of the pattern': channel({ params: z.object({}) }),
    'params that the pattern does not have': channel({
      params: z.object({ roomId: z.string(), orgId: z.string() }),
    }),
    'a name that begins with a digit': channel({ events: { '1st': z.string() } }),
    'a name with a space': channel({ signals: { 'is typing': z.string() } }),
    'the name __proto__': channel({ events: Object.fromEntries([['__proto__', z.string()]]) }),
    'a name of 129 characters': channel({ calls: { ['x'.repeat(129)]: {} } }),
    'a name that is an event and a signal': channel({ events: { a: z.null() }, signals: { a: z.null() } }),
    'an event that is a Date': channel({ events: { at: z.date() } }),
    'an event with a bigint deep inside': channel({
      events: { sum: z.object({ parts: z.array(z.object({ value: z.bigint() })) }) },
    }),
    'a signal that is a Map': channel({ signals: { all: z.map(z.string(), z.string()) } }),
    'a presence with undefined': channel({ presence: z.object({ name: z.undefined() }) }),
    'an output that is a Set': channel({ calls: { list: { output: z.set(z.string()) } } }),
    'an error that is a symbol': channel({ calls: { list: { errors: { taken: z.symbol() } } } }),
    'an event whose transform has no output schema': channel({
      events: { size: z.string().transform((s) => s.length) },
    }),
    'a reserved error code': channel({ calls: { rename: { errors: { forbidden: z.string() } } } }),
    'history of no items': history(0, 1000),
    'history of too many items': history(100_001, 1000),
    'history with part of an item': history(1.5, 1000),
    'history too short to be of use': history(1, 999),
    'history without an end': history(1, Infinity),
  }

  it.each(Object.keys(mistakes))('refuses %s', (mistake) => {
    expect(() => define(mistakes[mistake])).toThrow(ContractError)
  })

  it('says what is wrong, where, and what to do', () => {
    const messages = Object.entries(mistakes).map(
      ([mistake, contract]) => `${mistake}\n  ${refusal(contract)}`,
    )
    expect(messages.join('\n')).toMatchSnapshot()
  })

  it('keeps the reason of zod as the cause', () => {
    expect(() => define(mistakes['an event that is a Date'])).toThrow(
      expect.objectContaining({ name: 'ContractError', cause: expect.any(Error) as Error }),
    )
  })
})

function refusal(contract: unknown): string {
  try {
    define(contract)
    return 'accepted'
  } catch (error) {
    return (error as Error).message
  }
}
