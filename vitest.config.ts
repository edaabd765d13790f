import { defineConfig } from 'vitest/config'

// Tests run against the sources: no build is needed and a stack trace names the line that was written.
const conditions = ['@roomcast/source', 'module', 'node', 'development|production']
const resolve = { conditions }
const ssr = { resolve: { conditions, externalConditions: ['@roomcast/source'] } }

const project = (name: string, include: string[], timeouts: { testTimeout: number }) => ({
  resolve,
  ssr,
  test: { name, include, environment: 'node' as const, hookTimeout: 60_000, ...timeouts },
})

export default defineConfig({
  test: {
    projects: [
      project('unit', ['packages/*/src/**/*.test.ts', 'bench/**/*.test.ts'], { testTimeout: 10_000 }),
      project(
        'integration',
        ['test/{conformance,integration,hostile,simulation,attacks,fuzz,protocol}/**/*.test.ts'],
        {
          testTimeout: 60_000,
        },
      ),
      project('house', ['test/{house,types,package,docs}/**/*.test.ts'], { testTimeout: 120_000 }),
      project('interop', ['test/interop/**/*.test.ts'], { testTimeout: 60_000 }),
      project('e2e', ['test/e2e/**/*.test.ts'], { testTimeout: 60_000 }),
    ],
  },
})
