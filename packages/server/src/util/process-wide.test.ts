import { afterEach, expect, it, vi } from 'vitest'
import { processWide } from './process-wide.ts'

const SYMBOL = Symbol.for('@roomcast/server:a-test@1')

afterEach(() => {
  delete (globalThis as unknown as Record<symbol, unknown>)[SYMBOL]
})

it('is the same for every copy of the module', async () => {
  vi.resetModules()
  const copy = await import('./process-wide.ts')
  expect(copy.processWide).not.toBe(processWide)
  const map = processWide('a-test', () => new Map())
  expect(copy.processWide('a-test', () => new Map())).toBe(map)
  expect((globalThis as unknown as Record<symbol, unknown>)[SYMBOL]).toBe(map)
})
