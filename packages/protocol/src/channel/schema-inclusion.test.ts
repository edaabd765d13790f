import { describe, expect, it } from 'vitest'
import { toJSONSchema, z } from 'zod'
import type { JsonSchema } from './json-schema.ts'
import { includesSchema } from './schema-inclusion.ts'

const describe_ = (schema: z.ZodType): JsonSchema => toJSONSchema(schema, { io: 'output' }) as JsonSchema
const includes = (outer: z.ZodType, inner: z.ZodType, ignoresUnknownKeys = false): boolean =>
  includesSchema(describe_(outer), describe_(inner), { ignoresUnknownKeys })

const tree: z.ZodType = z.object({ name: z.string(), children: z.array(z.lazy(() => tree)) })
const taggedTree: z.ZodType = z.object({
  name: z.string(),
  tag: z.string(),
  children: z.array(z.lazy(() => taggedTree)),
})

describe('includesSchema', () => {
  it.each<[string, z.ZodType]>([
    ['text', z.string()],
    ['short text', z.string().min(1).max(9)],
    ['an address', z.email()],
    ['a number', z.number()],
    ['an integer', z.int().min(0).max(9)],
    ['a flag', z.boolean()],
    ['nothing', z.null()],
    ['one of a few', z.enum(['a', 'b'])],
    ['a literal', z.literal(3)],
    ['a list', z.array(z.string()).max(3)],
    ['a pair', z.tuple([z.string(), z.number()])],
    ['a record', z.record(z.string(), z.number())],
    ['an object', z.object({ a: z.string(), b: z.number().optional() })],
    ['a union', z.union([z.string(), z.object({ a: z.number() })])],
    [
      'a discriminated union',
      z.discriminatedUnion('t', [z.object({ t: z.literal('a') }), z.object({ t: z.literal('b') })]),
    ],
    ['an intersection', z.intersection(z.object({ a: z.string() }), z.object({ b: z.string() }))],
    ['anything', z.any()],
    ['something that refers to itself', tree],
  ])('includes itself: %s', (_, schema) => {
    expect(includes(schema, schema)).toBe(true)
    expect(includes(z.any(), schema)).toBe(true)
  })

  it.each<[string, z.ZodType, z.ZodType]>([
    ['a longer text', z.string().max(10), z.string().max(5)],
    ['any text', z.string(), z.email()],
    ['one more of a few', z.enum(['a', 'b', 'c']), z.enum(['a', 'b'])],
    ['any text, and one of a few', z.string(), z.enum(['a', 'b'])],
    ['a number, and an integer', z.number(), z.int()],
    ['a wider range', z.number().min(0).max(10), z.number().min(1).max(9)],
    ['a range, and a literal in it', z.number().min(0).max(10), z.literal(3)],
    ['null too', z.string().nullable(), z.string()],
    ['an optional key', z.object({ a: z.string().optional() }), z.object({ a: z.string() })],
    ['a longer list', z.array(z.string()), z.array(z.string()).max(2)],
    ['one more branch', z.union([z.string(), z.number(), z.null()]), z.union([z.string(), z.null()])],
    ['a record of wider values', z.record(z.string(), z.unknown()), z.record(z.string(), z.number())],
  ])('%s includes the narrower, and not the other way round', (_, wide, narrow) => {
    expect([includes(wide, narrow), includes(narrow, wide)]).toEqual([true, false])
  })

  it.each<[string, z.ZodType, z.ZodType]>([
    ['text and number', z.string(), z.number()],
    ['a list and a pair', z.array(z.string()), z.tuple([z.string(), z.string()])],
    ['two patterns', z.string().regex(/a/), z.string().regex(/b/)],
    ['objects with other keys', z.object({ a: z.string() }), z.object({ b: z.string() })],
    ['a literal out of range', z.number().max(2), z.literal(3)],
    ['two literals', z.literal('a'), z.literal('b')],
  ])('%s do not include each other', (_, one, other) => {
    expect([includes(one, other), includes(other, one)]).toEqual([false, false])
  })

  it('minds a key that it does not know, unless it was told that a reader ignores it', () => {
    const [before, after] = [z.object({ a: z.string() }), z.object({ a: z.string(), b: z.number() })]
    expect(includes(before, after)).toBe(false)
    expect(includes(before, after, true)).toBe(true)
    expect(includes(after, before, true)).toBe(false)
    expect(includes(tree, taggedTree, true)).toBe(true)
    expect(includes(taggedTree, tree, true)).toBe(false)
  })

  it('minds what may stand under a key that the inner does not name, unless it was told that nothing does', () => {
    const named = { type: 'object', properties: { a: { type: 'string' } } } as const
    const unnamed = { type: 'object' } as const
    expect(includesSchema(named, unnamed)).toBe(false)
    expect(includesSchema(named, unnamed, { hasKnownKeysOnly: true })).toBe(true)
  })

  it('shows nothing of what leads nowhere', () => {
    expect(includesSchema({ $ref: '#/$defs/gone' }, { type: 'string' })).toBe(false)
    expect(includesSchema({ type: 'string' }, { $ref: '#/$defs/constructor' })).toBe(false)
  })
})
