// Inputs that something was wrong with, as files that can be replayed.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Finding } from './run-target.ts'

const FOLDER = fileURLToPath(new URL('./findings/', import.meta.url))

/** What a file holds. */
export interface SavedInput {
  readonly target: string
  readonly input: Uint8Array
}

/** Writes a finding down and returns the name of the file. */
export function saveFinding({ target, kind, seed, input, message }: Finding): string {
  mkdirSync(FOLDER, { recursive: true })
  const name = createHash('sha256').update(input).digest('hex').slice(0, 12)
  const file = `${FOLDER}${target}-${name}.json`
  const content = { target, kind, seed, message, input: Buffer.from(input).toString('hex') }
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`)
  return file
}

/** @throws {Error} if the file cannot be read. */
export function loadFinding(file: string): SavedInput {
  const { target, input } = JSON.parse(readFileSync(file, 'utf8')) as { target: string; input: string }
  return { target, input: Buffer.from(input, 'hex') }
}
