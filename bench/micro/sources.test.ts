// Bundling a bench file with the sources of another tree.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runProgram } from './program.ts'
import { bundle } from './sources.ts'
import { TemporaryFolder } from './temporary-folder.ts'

const MASK = 'packages/server/src/websocket/protocol/mask.ts'
const benchFile = join(import.meta.dirname, 'mask.bench.ts')

describe('bundle', () => {
  let tree: TemporaryFolder
  beforeEach(() => (tree = new TemporaryFolder('roomcast-test-')))
  afterEach(() => tree[Symbol.dispose]())

  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(tree.path, path)), { recursive: true })
    writeFileSync(join(tree.path, path), content)
  }
  const bundleTree = () => bundle({ tree: tree.path, benchFile, outfile: outfile() })
  const outfile = () => join(tree.path, 'mask.mjs')

  it('takes the sources from the tree, those that they import too', async () => {
    write(MASK, "export { applyMask } from './elsewhere.ts'")
    write(
      'packages/server/src/websocket/protocol/elsewhere.ts',
      "export function applyMask(): void { throw new Error('of the other tree') }",
    )
    expect(await bundleTree()).toBeUndefined()
    const reports = await runProgram(outfile())
    expect(reports.length).toBeGreaterThan(0)
    for (const { outcome } of reports) {
      expect(outcome).toMatchObject({
        kind: 'failed',
        reason: expect.stringContaining('of the other tree') as string,
      })
    }
  })

  it('finds packages of the tree by their names', async () => {
    write(MASK, "import { jsonCodec } from '@roomcast/protocol/wire'\nexport const applyMask = jsonCodec")
    write(
      'packages/protocol/src/wire.ts',
      "export function jsonCodec(): void { throw new Error('of the other package') }",
    )
    expect(await bundleTree()).toBeUndefined()
    expect((await runProgram(outfile()))[0]?.outcome).toMatchObject({
      reason: expect.stringContaining('of the other package') as string,
    })
  })

  it('says what a tree lacks that is too old: a module', async () => {
    expect(await bundleTree()).toContain(MASK)
  })

  it('says what a tree lacks that is too old: an export', async () => {
    write(MASK, 'export const mask = 1')
    expect(await bundleTree()).toContain('applyMask')
  })

  it('takes nothing else for age', async () => {
    write(MASK, 'export const applyMask = {')
    await expect(bundleTree()).rejects.toThrow('mask.ts')
    write(MASK, "export { applyMask } from './nowhere.ts'")
    await expect(bundleTree()).rejects.toThrow('nowhere.ts')
  })
})
