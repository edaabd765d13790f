// A proxy in front of our server: Debian's, as a process of its own, with the configuration that the guide shows.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { localCertificate } from '../../support/tls.ts'
import type { Lacks } from '../peer.ts'
import { eventually, freePort } from '../waiting.ts'

/** After so many seconds in which nothing moves the proxies of the test end a connection. */
export const IDLE_SECONDS = 3

/** What the guide's files leave open. */
export const PLACEHOLDERS = [
  'LISTEN_PORT',
  'TLS_PORT',
  'BACKEND_PORT',
  'IDLE_SECONDS',
  'CERT_FILE',
  'KEY_FILE',
  'PEM_FILE',
] as const

type Placeholder = (typeof PLACEHOLDERS)[number]

/** A proxy that listens. Dispose of it when done. */
export interface ProxyPeer extends AsyncDisposable {
  readonly lacks: Lacks
  readonly port: number
  readonly securePort: number
}

/** How a proxy is started. */
export interface ProxyProgram {
  /** The file in `docs/guide/proxies/`. */
  readonly guideFile: string
  readonly lacks: Lacks
  /** Changes the guide's file before it is filled in. @default nothing */
  readonly adapt?: (guideFile: string) => string
  /** What to change to speak HTTP/2 to the server, as the guide explains; undefined if it cannot. */
  readonly withHttp2Backend?: (guideFile: string) => string
  /**
   * The command that runs it in the foreground with the guide's file, filled in, at `configFile`; what it needs
   * besides may be written to `folder`, which is its own.
   */
  command(configFile: string, folder: string): Promise<readonly string[]>
}

/** Starts a proxy in front of a port. */
export async function startProxy(program: ProxyProgram, backendPort: number): Promise<ProxyPeer> {
  const folder = await mkdtemp(join(tmpdir(), 'roomcast-proxy-'))
  const [port, securePort] = [await freePort(), await freePort()]
  const configFile = join(folder, program.guideFile)
  const values: Record<Placeholder, string> = {
    LISTEN_PORT: String(port),
    TLS_PORT: String(securePort),
    BACKEND_PORT: String(backendPort),
    IDLE_SECONDS: String(IDLE_SECONDS),
    ...(await writeCertificate(folder)),
  }
  const guideFile = await readGuideFile(program.guideFile)
  await writeFile(configFile, fillIn(program.adapt?.(guideFile) ?? guideFile, values))
  const [file, ...args] = await program.command(configFile, folder)
  const child = spawn(file!, args, {
    cwd: folder,
    env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const failed = once(child, 'error').then(([error]: Error[]) => (output += error!.message))
  const ended = Promise.race([once(child, 'exit'), failed])
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await eventually(`${file} listens`, async () => {
      if (child.exitCode !== null) return true
      return (await canConnect(port)) && (await canConnect(securePort))
    })
    if (child.exitCode !== null) throw new Error(`${file} has ended.`)
  } catch (error) {
    await stop()
    throw new Error(`${file} did not start:\n${output}`, { cause: error })
  }
  return { lacks: program.lacks, port, securePort, [Symbol.asyncDispose]: stop }
}

/** A file of the guide as it is. */
export const readGuideFile = (name: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../../../docs/guide/proxies/${name}`, import.meta.url)), 'utf8')

/** Puts values in the place of `${NAME}`. @throws {Error} for a name without a value. */
export function fillIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\$\{([A-Z_]+)\}/g, (_whole, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The guide's file asks for ${name}.`)
    return value
  })
}

async function writeCertificate(
  folder: string,
): Promise<Record<'CERT_FILE' | 'KEY_FILE' | 'PEM_FILE', string>> {
  const { key, cert } = await localCertificate()
  const files = {
    CERT_FILE: join(folder, 'cert.pem'),
    KEY_FILE: join(folder, 'key.pem'),
    PEM_FILE: join(folder, 'both.pem'),
  }
  await Promise.all([
    writeFile(files.CERT_FILE, cert),
    writeFile(files.KEY_FILE, key),
    writeFile(files.PEM_FILE, `${cert}\n${key}\n`),
  ])
  return files
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
