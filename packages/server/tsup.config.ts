import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/fastify.ts', 'src/testing.ts', 'src/websocket.ts', 'src/cli.ts'],
  format: ['esm', 'cjs'],
  // What is marked @internal is for our own code only.
  dts: { compilerOptions: { stripInternal: true } },
  clean: true,
  target: 'node20',
})
