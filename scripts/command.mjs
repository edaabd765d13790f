// How the scripts of this folder run other programs: from the root of the workspace, without a shell.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the workspace. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/**
 * The environment for programs: `node` is the Node that runs this script, also for bins that start through `#!`, and
 * the bins of the workspace can be called by name.
 */
export const environment = {
  ...process.env,
  PATH: [dirname(process.execPath), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
}

/**
 * Runs a program and resolves with its exit code and, unless it inherits the terminal, with what it printed.
 *
 * @param {readonly string[]} command The program and its arguments.
 * @param {{ cwd?: string, inherit?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run([program, ...args], { cwd = root, inherit = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: environment,
      stdio: inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32' && program !== process.execPath,
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (output += text))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? 1, output }))
  })
}

/** Like {@link run}, but a program that fails ends this process with what it printed. */
export async function runOrExit(command, options) {
  const { code, output } = await run(command, options)
  if (code === 0) return output
  console.error(`${command.join(' ')} failed:\n${output}`)
  process.exit(code)
}

/** The command that is pnpm: inside its scripts the pnpm that runs them, elsewhere the pinned one through npx. */
export function pnpm(...args) {
  const running = process.env.npm_execpath
  if (running !== undefined && /pnpm\.[cm]?js$/.test(running) && existsSync(running)) {
    return [process.execPath, running, ...args]
  }
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return ['npx', '-y', packageManager, ...args]
}

/** A duration for people. */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`
