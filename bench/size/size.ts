// Bundles a small application as its author would and prints what its users download. Fails over the budget, or when
// zod gets into the bundle.
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const MAX_JSON_GZIP_BYTES = 8192

interface Size {
  readonly name: string
  readonly minified: number
  readonly gzip: number
  readonly brotli: number
  readonly hasZod: boolean
}

/** Bundles one entry of the application and weighs it. */
async function measure(name: string, entry: string): Promise<Size> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(import.meta.dirname, 'app', entry)],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@roomcast/source'],
    metafile: true,
    write: false,
    outdir: 'out',
  })
  const [bundle] = outputFiles
  const code = bundle!.contents
  return {
    name,
    minified: code.length,
    gzip: gzipSync(code, { level: 9 }).length,
    brotli: brotliCompressSync(code).length,
    hasZod: Object.keys(metafile.inputs).some((path) => /node_modules\/zod\//.test(path)),
  }
}

const sizes = [
  await measure('client with JSON', 'json.ts'),
  await measure('client with MessagePack', 'msgpack.ts'),
]

console.log(
  `${'bytes'.padEnd(24)}${['minified', 'gzip', 'brotli'].map((head) => head.padStart(10)).join('')}`,
)
for (const { name, minified, gzip, brotli } of sizes) {
  console.log(
    `${name.padEnd(24)}${[minified, gzip, brotli].map((size) => String(size).padStart(10)).join('')}`,
  )
}

const faults = sizes.filter(({ hasZod }) => hasZod).map(({ name }) => `${name}: zod is in the bundle`)
const { gzip } = sizes[0]!
if (gzip > MAX_JSON_GZIP_BYTES) {
  faults.push(`client with JSON: ${gzip} bytes with gzip; the budget is ${MAX_JSON_GZIP_BYTES}`)
}
for (const fault of faults) console.error(fault)
process.exitCode = faults.length > 0 ? 1 : 0
