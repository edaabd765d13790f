// Where the programs of the peers are, and what they are made of.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const FOLDER = import.meta.dirname

/** The program of a peer, by the name of its file. */
export const peerProgram = (file: string): string => join(FOLDER, file)

/** The folder that the packages of the peers are installed in. */
export const peersFolder = FOLDER

/** The packages whose versions say what was measured. */
const PACKAGES = ['ws', 'bufferutil', 'socket.io', 'socketcluster-server', 'bun'] as const

/** Whether what the lock file asks for is installed. */
export function arePeersInstalled(): boolean {
  const installed = join(FOLDER, 'node_modules/.pnpm/lock.yaml')
  if (!existsSync(installed)) return false
  return readFileSync(installed, 'utf8') === readFileSync(join(FOLDER, 'pnpm-lock.yaml'), 'utf8')
}

/** The versions of the peers, by package. */
export function peerVersions(): Record<string, string> {
  return Object.fromEntries(
    PACKAGES.map((name) => {
      const file = join(FOLDER, 'node_modules', name, 'package.json')
      return [name, (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version]
    }),
  )
}

/**
 * The Bun of npm. Its package of this platform holds the binary; the `bun` package only finds it, with a script that pnpm does
 * not run.
 *
 * @throws {Error} if Bun has no package for this platform.
 */
export function bunExecutable(): string {
  const home = realpathSync(join(FOLDER, 'node_modules/bun'))
  const name = `@oven/bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`
  try {
    const manifest = createRequire(join(home, 'package.json')).resolve(`${name}/package.json`)
    return join(dirname(manifest), 'bin/bun')
  } catch (error) {
    throw new Error(`There is no Bun for this machine: ${name} is not installed.`, { cause: error })
  }
}
