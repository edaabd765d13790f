// Checks the three packages as users get them: packs each, lints the tarball, then imports and requires every entry in
// real Node and compares the exported names with a snapshot. `--update` rewrites the snapshot. Needs a build.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { pnpm, root, runOrExit } from './command.mjs'

const SNAPSHOT = join(root, 'test/house/exports.snap.json')
const PACKAGES = readdirSync(join(root, 'packages'))

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'))

const scratch = mkdtempSync(join(tmpdir(), 'roomcast-packages-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))

/** Packs a package as `pnpm publish` would and returns the path of the tarball. */
async function pack(name) {
  const folder = join(root, 'packages', name)
  if (!existsSync(join(folder, 'dist'))) {
    console.error(`packages/${name} is not built; run \`pnpm build\` first.`)
    process.exit(1)
  }
  const destination = join(scratch, 'tarballs', name)
  mkdirSync(destination, { recursive: true })
  await runOrExit(pnpm('pack', '--pack-destination', destination), { cwd: folder })
  return join(destination, readdirSync(destination)[0])
}

/** Lints what is in a tarball: fields and files, then how TypeScript resolves each entry from ESM and CommonJS. */
async function lint(tarball) {
  await runOrExit(['publint', 'run', tarball, '--strict'])
  await runOrExit([
    'attw',
    tarball,
    '--profile',
    'node16',
    '--no-definitely-typed',
    '--no-color',
    '--no-emoji',
  ])
}

/** Unpacks a tarball into the `node_modules` of a project, and links what it depends on from the workspace. */
async function install(name, tarball) {
  const modules = join(scratch, 'node_modules')
  const target = join(modules, '@roomcast', name)
  mkdirSync(target, { recursive: true })
  await runOrExit(['tar', '-xzf', tarball, '-C', target, '--strip-components', '1'])
  const manifest = readJson(target, 'package.json')
  for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const link = join(modules, dependency)
    if (dependency.startsWith('@roomcast/') || existsSync(link)) continue
    symlinkSync(join(root, 'packages', name, 'node_modules', dependency), link, 'junction')
  }
  return Object.keys(manifest.exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => entry.replace(/^\./, manifest.name))
}

/** How a program of each kind loads an entry. */
const LOADERS = {
  'import.mjs': 'const load = (entry) => import(entry)',
  'require.cjs': 'const load = async (entry) => require(entry)',
}
const PRINT_NAMES = `
const names = async (entry) => Object.keys(await load(entry)).sort()
Promise.all(process.argv.slice(2).map(async (entry) => [entry, await names(entry)])).then((pairs) =>
  console.log(JSON.stringify(Object.fromEntries(pairs))),
)`
// Were an entry built with a copy of a class that another entry exports, `instanceof` would fail across the two.
const SHARE_CLASSES = `
Promise.all([load('@roomcast/protocol/wire'), load('@roomcast/protocol/msgpack')]).then(([wire, { msgpackCodec }]) => {
  try {
    msgpackCodec.decode('')
  } catch (error) {
    if (error instanceof wire.DecodeError) return
  }
  console.error('the DecodeError of one entry is not that of another')
  process.exit(1)
})`

/** Runs a program of one kind in the project and returns what it printed. */
async function runProgram(kind, program, ...args) {
  writeFileSync(join(scratch, kind), LOADERS[kind] + program)
  return runOrExit([process.execPath, kind, ...args], { cwd: scratch })
}

/** The names that each entry exports, by import or by require. */
async function exportedNames(kind, entries) {
  await runProgram(kind, SHARE_CLASSES)
  return JSON.parse(await runProgram(kind, PRINT_NAMES, ...entries))
}

/** Names that are in one record and not in the other, as lines. */
function differences(expected, actual) {
  return [...new Set([...Object.keys(expected), ...Object.keys(actual)])].flatMap((entry) => {
    const [was, is] = [new Set(expected[entry]), new Set(actual[entry])]
    return [
      ...[...was].filter((name) => !is.has(name)).map((name) => `- ${entry} ${name}`),
      ...[...is].filter((name) => !was.has(name)).map((name) => `+ ${entry} ${name}`),
    ]
  })
}

/** Ends the process unless both records hold the same names. */
function mustBeSame(what, expected, actual) {
  if (isDeepStrictEqual(expected, actual)) return
  console.error(`${what}\n${differences(expected, actual).join('\n')}`)
  process.exit(1)
}

const entries = []
for (const name of PACKAGES) {
  const tarball = await pack(name)
  await lint(tarball)
  entries.push(...(await install(name, tarball)))
  console.log(`@roomcast/${name}: publint and attw have nothing to say`)
}
const imported = await exportedNames('import.mjs', entries)
const required = await exportedNames('require.cjs', entries)
mustBeSame('import and require give different names:', imported, required)
console.log(`${entries.length} entries can be imported and required`)

if (process.argv.includes('--update')) {
  writeFileSync(SNAPSHOT, `${JSON.stringify(imported, null, 2)}\n`)
  console.log('Snapshot of the exported names rewritten')
} else {
  const expected = existsSync(SNAPSHOT) ? readJson(SNAPSHOT) : {}
  mustBeSame(
    'The exported names changed; if you mean it, run `pnpm check:packages --update`:',
    expected,
    imported,
  )
  console.log('The exported names are those of the snapshot')
}
