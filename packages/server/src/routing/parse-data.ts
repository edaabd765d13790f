// Data is parsed once, where it enters; what the schema returns is what is stored and sent.
import type { Schema } from '@roomcast/protocol'
import { safeParse } from 'zod'

/** What is wrong, and where. */
export interface DataIssue {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** Why data does not satisfy its schema. */
export interface InvalidData {
  readonly ok: false
  readonly issues: readonly DataIssue[]
}

/** Data that satisfies its schema, or why it does not. */
export type ValidatedData = { readonly ok: true; readonly value: unknown } | InvalidData

/** The same with the value as JSON text, as it is stored and sent to many. */
export type ParsedData = { readonly ok: true; readonly value: unknown; readonly json: string } | InvalidData

/** More would only help an attacker to make answers that are larger than the questions. */
const MAX_ISSUES = 10

/** Parses data. Schemas must be synchronous: an asynchronous refinement makes zod throw, which is a programmer's error. */
export function validateData(schema: Schema, data: unknown): ValidatedData {
  const result = safeParse(schema, data)
  if (result.success) return { ok: true, value: result.data }
  const issues = result.error.issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({
    path: path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
    message,
  }))
  return { ok: false, issues }
}

/** As `validateData`, for data that is stored and sent to many. */
export function parseData(schema: Schema, data: unknown): ParsedData {
  const result = validateData(schema, data)
  return result.ok ? { ok: true, value: result.value, json: JSON.stringify(result.value) ?? 'null' } : result
}
