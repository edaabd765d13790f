// Bundles a bench file with the sources of one tree: those of this checkout, or of another one beside it.
import { existsSync, realpathSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { build, type BuildFailure, type Plugin } from 'esbuild'

const PRESENT = realpathSync(resolve(import.meta.dirname, '../..'))
const HERE = import.meta.dirname

const NODE_MODULES = `${sep}node_modules${sep}`

/** Marks an import that another tree has no file for. */
const NO_SUCH_FILE = 'There is no such file in the tree under test: '
/** Where the modules are that only throw. */
const ABSENT = 'absent'
const NO_SUCH_EXPORT = 'No matching export in '

/** A tree, by the folder that holds its `packages`. */
export interface BundleOptions {
  /** @default this checkout */
  readonly tree?: string
  /** A module that exports `cases`. */
  readonly benchFile: string
  /** Where the program is written: ES modules for Node. */
  readonly outfile: string
}

/**
 * Writes a program that measures the cases of a bench file and prints their reports as JSON. Whatever the file imports from
 * `packages` comes from the tree; dependencies are always those of this checkout. A dynamic import of a file that the tree does
 * not have rejects when it is run; any other makes the tree unable to run the file.
 *
 * @returns why the tree cannot run the file, if it lacks modules or exports that it needs; undefined for success.
 * @throws {Error} for whatever else keeps it from being bundled.
 */
export async function bundle({
  tree = PRESENT,
  benchFile,
  outfile,
}: BundleOptions): Promise<string | undefined> {
  const program = `import { cases } from ${JSON.stringify(benchFile)}
import { measureCases } from ${JSON.stringify(join(HERE, 'measure.ts'))}
console.log(JSON.stringify(await measureCases(cases)))`
  try {
    await build({
      stdin: { contents: program, resolveDir: HERE, sourcefile: 'program.ts', loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      conditions: ['@roomcast/source'],
      banner: {
        // What CommonJS dependencies expect.
        js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
      },
      plugins: tree === PRESENT ? [] : [sourcesOf(realpathSync(tree))],
      logLevel: 'silent',
      outfile,
    })
    return undefined
  } catch (error) {
    const { errors = [] } = error as Partial<BuildFailure>
    const reasons = errors.map(({ text }) => text)
    const isTooOld = errors.every(
      ({ text, location }) =>
        text.startsWith(NO_SUCH_FILE) ||
        (text.startsWith(NO_SUCH_EXPORT) && isUnder(resolve(location?.file ?? ''), HERE)),
    )
    if (errors.length === 0 || tree === PRESENT || !isTooOld) throw error
    return reasons.join('\n')
  }
}

/** Takes each import that leads into the `packages` of this checkout to the same file of another tree. */
function sourcesOf(tree: string): Plugin {
  const packages = join(PRESENT, 'packages')
  const isSettled = Symbol('settled')
  return {
    name: 'sources-of-a-tree',
    setup(setup) {
      setup.onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        // A dependency never leads back here, and may import what it can do without.
        if (pluginData === isSettled || resolveDir.includes(NODE_MODULES)) return undefined
        const isBare = !path.startsWith('.')
        // The other tree has no dependencies of its own: they are looked up where this checkout has the same package.
        const from = isBare && isUnder(resolveDir, tree) ? counterpart(resolveDir, tree) : resolveDir
        const found = await setup.resolve(path, { kind, importer, resolveDir: from, pluginData: isSettled })
        if (found.errors.length > 0 || !isUnder(found.path, packages)) return found
        const moved = join(tree, relative(PRESENT, found.path))
        if (existsSync(moved)) return { path: moved, sideEffects: found.sideEffects }
        if (kind === 'dynamic-import') return { path: relative(tree, moved), namespace: ABSENT }
        return { errors: [{ text: NO_SUCH_FILE + relative(tree, moved) }] }
      })
      setup.onLoad({ filter: /./, namespace: ABSENT }, ({ path }) => ({
        contents: `throw new Error(${JSON.stringify(NO_SUCH_FILE + path)})`,
      }))
    },
  }
}

/** The folder of the same package in this checkout. */
function counterpart(folder: string, tree: string): string {
  const [packages = '', name = ''] = relative(tree, folder).split(sep)
  return join(PRESENT, packages, name)
}

const isUnder = (path: string, folder: string): boolean => path.startsWith(folder + sep)
