// Compiles frames.ts and writes the module into the sources, as text.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const SOURCE = new URL('frames.ts', import.meta.url)
const TARGET = new URL('../src/websocket/protocol/kernel/kernel-bytes.ts', import.meta.url)
const LINE_LENGTH = 100

/** The module that the source compiles to. */
export async function compileKernel() {
  const options = ['--runtime', 'stub', '-O3', '--converge', '--noAssert', '--enable', 'simd']
  const memory = ['--initialMemory', '2', '--maximumMemory', '2']
  let binary
  const { error, stderr } = await asc.main(['frames.ts', '-o', 'frames.wasm', ...options, ...memory], {
    readFile: (name) => (name === 'frames.ts' ? readFileSync(SOURCE, 'utf8') : null),
    writeFile: (name, contents) => {
      if (name === 'frames.wasm') binary = contents
    },
    listFiles: () => [],
  })
  if (error) throw new Error(`frames.ts does not compile:\n${stderr.toString()}`, { cause: error })
  return binary
}

/** The text of the file that holds a module. */
export function formatKernel(binary) {
  const base64 = Buffer.from(binary).toString('base64')
  const lines = base64.match(new RegExp(`.{1,${LINE_LENGTH}}`, 'g')).map((line) => `  '${line}'`)
  return `// Made by kernel/build.mjs from kernel/frames.ts. Do not edit.

/** The WebAssembly module, ${binary.length} bytes, in base64. */
export const KERNEL_BASE64 =
${lines.join(' +\n')}
`
}

/** Whether the committed file is what the source compiles to. */
export async function isKernelCurrent() {
  return readFileSync(TARGET, 'utf8') === formatKernel(await compileKernel())
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const binary = await compileKernel()
  writeFileSync(TARGET, formatKernel(binary))
  console.log(`kernel: ${binary.length} bytes`)
}
