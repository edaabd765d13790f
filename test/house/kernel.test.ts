import { describe, expect, it } from 'vitest'
import { isKernelCurrent } from '../../packages/server/kernel/build.mjs'

describe('the kernel', () => {
  it('that is committed is what its source compiles to (pnpm --filter @roomcast/server kernel)', async () => {
    expect(await isKernelCurrent()).toBe(true)
  })
})
