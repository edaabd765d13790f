import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { describeContract } from './describe-contract.ts'

const written = {
  version: 3,
  channels: {
    'chat:{roomId}': {
      events: { message: z.object({ text: z.string(), mentions: z.array(z.string()) }), edit: z.string() },
      signals: { typing: z.object({ on: z.boolean() }) },
      presence: z.object({ name: z.string(), status: z.enum(['online', 'away']) }),
      calls: {
        rename: {
          input: z.object({ at: z.date() }),
          output: z.null(),
          errors: { taken: z.object({ by: z.string() }) },
        },
        nudge: {},
      },
      history: { maxItems: 10, ttlMs: 1000 },
    },
    lobby: {},
  },
}

/** The same contract with every key in another place. */
const rewritten = {
  channels: {
    lobby: {},
    'chat:{roomId}': {
      history: { ttlMs: 1000, maxItems: 10 },
      calls: {
        nudge: {},
        rename: {
          errors: { taken: z.object({ by: z.string() }) },
          output: z.null(),
          input: z.object({ at: z.date() }),
        },
      },
      presence: z.object({ status: z.enum(['online', 'away']), name: z.string() }),
      signals: { typing: z.object({ on: z.boolean() }) },
      events: { edit: z.string(), message: z.object({ mentions: z.array(z.string()), text: z.string() }) },
    },
  },
  version: 3,
}

const text = (contract: Parameters<typeof describeContract>[0]): string =>
  JSON.stringify(describeContract(contract))

describe('describeContract', () => {
  it('does not depend on the order of keys', () => {
    expect(text(rewritten)).toBe(text(written))
  })

  it('differs when anything that a client sees differs', () => {
    const { 'chat:{roomId}': chat } = written.channels
    const change = (part: object): string =>
      text({ version: 3, channels: { lobby: {}, 'chat:{roomId}': { ...chat, ...part } } })
    const all = [
      text(written),
      text({ ...written, version: 4 }),
      change({ events: { ...chat.events, edit: z.number() } }),
      change({ signals: {} }),
      change({ presence: undefined }),
      change({ calls: { nudge: {} } }),
      change({ calls: { ...chat.calls, nudge: { input: z.string() } } }),
      change({ history: { maxItems: 11, ttlMs: 1000 } }),
    ]
    expect(new Set(all).size).toBe(all.length)
  })

  it('describes outputs as they travel and inputs as callers write them', () => {
    expect(describeContract(written)).toMatchObject({
      version: 3,
      channels: {
        'chat:{roomId}': {
          events: { message: { output: { type: 'object', required: ['mentions', 'text'] } } },
          presence: { input: { properties: { status: { enum: ['online', 'away'] } } } },
          calls: {
            rename: {
              input: { properties: { at: {} } },
              output: { type: 'null' },
              errors: { taken: { type: 'object' } },
            },
            nudge: { input: null, output: null, errors: {} },
          },
          history: { maxItems: 10, ttlMs: 1000 },
        },
        lobby: { events: {}, signals: {}, presence: null, calls: {}, history: null },
      },
    })
  })
})
