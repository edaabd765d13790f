// Compiles the load generator when it is needed, with the C compiler of the system.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = join(import.meta.dirname, '../load')
const BUILD = join(SOURCES, 'build')
const FLAGS = ['-std=c11', '-O2', '-Wall', '-Wextra', '-Werror', '-D_GNU_SOURCE']
const PACKAGES = ['gcc', 'libc6-dev']

/**
 * The path of the program, compiled anew if a source is newer than it. Installs Debian's compiler where there is none and that is
 * possible.
 *
 * @throws {Error} off Linux, without a compiler, or if the sources do not compile.
 */
export function buildLoadGenerator(): string {
  if (process.platform !== 'linux')
    throw new Error('The load generator needs Linux: it is built on epoll and /proc.')
  const program = join(BUILD, 'load')
  const files = readdirSync(SOURCES).filter((name) => /\.[ch]$/.test(name))
  if (existsSync(program) && files.every((name) => isOlder(join(SOURCES, name), program))) return program
  if (!hasCompiler()) installCompiler()
  mkdirSync(BUILD, { recursive: true })
  const sources = files.filter((name) => name.endsWith('.c')).map((name) => join(SOURCES, name))
  // Beside it first: two builds at once must not run each other's half.
  const unfinished = `${program}.${process.pid}`
  const { status, stderr } = spawnSync('cc', [...FLAGS, '-o', unfinished, ...sources], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The load generator does not compile:\n${stderr}`)
  renameSync(unfinished, program)
  return program
}

const isOlder = (file: string, than: string): boolean => statSync(file).mtimeMs <= statSync(than).mtimeMs

const hasCompiler = (): boolean => spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0

function installCompiler(): void {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.log(
      `No C compiler found: installing ${PACKAGES.join(' and ')} with apt-get, which takes a minute …`,
    )
    apt('update', '-qq')
    apt('install', '-y', '-qq', '--no-install-recommends', ...PACKAGES)
  }
  if (!hasCompiler()) {
    throw new Error(
      'The load generator needs a C compiler: install gcc and the headers of libc (gcc libc6-dev on Debian).',
    )
  }
}

/** Its failure shows in what is missing afterwards. */
function apt(...args: readonly string[]): void {
  spawnSync('apt-get', args, {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
}
