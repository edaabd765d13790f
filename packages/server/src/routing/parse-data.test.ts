import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { parseData } from './parse-data.ts'

describe('parseData', () => {
  it('gives what the schema makes of the data, as a value and as JSON', () => {
    const schema = z.object({ text: z.string().trim(), tags: z.array(z.string()).default([]) })
    expect(parseData(schema, { text: ' hi ', admin: true })).toEqual({
      ok: true,
      value: { text: 'hi', tags: [] },
      json: '{"text":"hi","tags":[]}',
    })
  })

  it('writes what has no JSON as null', () => {
    expect(parseData(z.undefined(), undefined)).toMatchObject({ ok: true, json: 'null' })
  })

  it('says what is wrong and where', () => {
    const schema = z.object({ items: z.array(z.object({ n: z.number('must be a number') })) })
    expect(parseData(schema, { items: [{ n: 1 }, { n: 'x' }] })).toEqual({
      ok: false,
      issues: [{ path: ['items', 1, 'n'], message: 'must be a number' }],
    })
  })

  it('lists no more than ten issues', () => {
    const result = parseData(
      z.array(z.number()),
      Array.from({ length: 100 }, () => 'x'),
    )
    expect(result.ok ? [] : result.issues).toHaveLength(10)
  })

  it('throws for a schema that is asynchronous, since that is a mistake in the contract', () => {
    const schema = z.string().refine(() => Promise.resolve(true))
    expect(() => parseData(schema, 'x')).toThrow()
  })
})
