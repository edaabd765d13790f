import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/wire.ts', 'src/msgpack.ts'],
  format: ['esm', 'cjs'],
  dts: true,
  clean: true,
  // Also for CommonJS: an error thrown by one entry must be an instance of the class that another entry exports.
  splitting: true,
  target: 'es2022',
})
