// Data is parsed once, where it enters; what the schema returns is what is stored and sent.
import type { Schema } from '@roomcast/protocol'
import { safeParse } from 'zod'

/** What is wrong, and where. */
export interface DataIssue {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** Data that satisfies its schema, or why it does not. */
export type ParsedData =
  | { readonly ok: true; readonly value: unknown; /** The value as JSON text. */ readonly json: string }
  | { readonly ok: false; readonly issues: readonly DataIssue[] }

/** More would only help an attacker to make answers that are larger than the questions. */
const MAX_ISSUES = 10

/** Parses data. Schemas must be synchronous: an asynchronous refinement makes zod throw, which is a programmer's error. */
export function parseData(schema: Schema, data: unknown): ParsedData {
  const result = safeParse(schema, data)
  if (result.success) {
    return { ok: true, value: result.data, json: JSON.stringify(result.data) ?? 'null' }
  }
  const issues = result.error.issues.slice(0, MAX_ISSUES).map(({ path, message }) => ({
    path: path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
    message,
  }))
  return { ok: false, issues }
}
