// The two programs of examples/echo, run as `pnpm echo` and `pnpm echo:client` run them.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { openHttp2WebSocket } from '../support/http2-websocket.ts'
import { buildFrame } from '../support/raw-websocket.ts'
import { DONE } from './checks/exchange-checks.ts'
import { binary, LENGTHS, MANY, text, UNICODE } from './checks/messages.ts'
import { wsClient } from './clients/ws-client.ts'
import type { MessageSpec, Outcome } from './task.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The longest message that is echoed. */
const MAX_MESSAGE = binary('00ff55aa', 16 * 1024 * 1024)

interface Program {
  readonly child: ChildProcessWithoutNullStreams
  /** What it has printed, both ways. */
  readonly output: () => string
  readonly exit: Promise<number | null>
}

const programs: Program[] = []

/** Runs the command of a script of the root's package.json. */
function run(
  script: 'server' | 'client',
  args: readonly string[],
  env: Record<string, string> = {},
): Program {
  const program = `examples/echo/${script}.ts`
  const child = spawn(
    process.execPath,
    ['--conditions=@roomcast/source', '--import', 'tsx', program, ...args],
    {
      cwd: ROOT,
      env: { ...process.env, PORT: '0', ...env },
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const exit = once(child, 'close').then(([code]) => code as number | null)
  const started = { child, output: () => output, exit }
  programs.push(started)
  return started
}

/** Starts the server and resolves with its URL. */
async function startServer(
  env: Record<string, string>,
): Promise<{ url: string; port: number; program: Program }> {
  const program = run('server', [], env)
  await expect.poll(program.output, { timeout: 20_000 }).toMatch(/\n/)
  const url = /^echo: (wss?:\/\/127\.0\.0\.1:\d+)\n$/.exec(program.output())?.[1]
  if (url === undefined) throw new Error(`Not what a server says: ${program.output()}`)
  return { url, port: Number(new URL(url).port), program }
}

function exchange(url: string, messages: readonly MessageSpec[], deflate = false): Promise<Outcome> {
  return wsClient().run({ url, protocols: [], deflate, messages, ping: false, close: DONE })
}

afterEach(async () => {
  for (const { child, exit } of programs.splice(0)) {
    child.kill('SIGKILL')
    await exit
  }
})

describe('pnpm echo', () => {
  const ANYTHING = [text('Hello'), text(''), binary(''), text(UNICODE, 100), ...LENGTHS, ...MANY]

  it.each([
    ['plain', {}, 'ws:'],
    ['DEFLATE=1', { DEFLATE: '1' }, 'ws:'],
    ['TLS=1', { TLS: '1' }, 'wss:'],
    ['H2=1, to HTTP/1.1', { H2: '1' }, 'ws:'],
    ['all of it, to HTTP/1.1', { H2: '1', TLS: '1', DEFLATE: '1' }, 'wss:'],
  ] as const)('echoes everything at any path: %s', async (_name, env, protocol) => {
    const { url } = await startServer(env)
    expect(url).toMatch(new RegExp(`^${protocol}`))
    const isDeflating = 'DEFLATE' in env
    const outcome = await exchange(`${url}/any/path?and=query`, ANYTHING, isDeflating)
    expect(outcome).toMatchObject({ echoed: ANYTHING.length, closed: { code: 1000 } })
    expect(outcome.extensions).toBe(isDeflating ? 'permessage-deflate' : '')
  })

  it.each([
    ['plain', {}],
    ['DEFLATE=1', { DEFLATE: '1' }],
  ])('echoes 64 MiB: %s', async (_name, env) => {
    const { url } = await startServer(env)
    expect(await exchange(url, [MAX_MESSAGE], 'DEFLATE' in env)).toMatchObject({
      echoed: 1,
      closed: { code: 1000 },
    })
  })

  it.each([
    ['cleartext', {}, 'http'],
    ['TLS', { TLS: '1' }, 'https'],
  ])('echoes over HTTP/2 at any path, and ends while the session is open: %s', async (_name, env, scheme) => {
    const { port, program } = await startServer({ H2: '1', ...env })
    const session = connect(`${scheme}://127.0.0.1:${port}`, { rejectUnauthorized: false })
    await once(session, 'remoteSettings')
    const { stream } = await openHttp2WebSocket(session, '/any/path?and=query')
    stream.write(buildFrame('Hello'))
    const [echo] = (await once(stream, 'data')) as [Buffer]
    expect(echo.toString('hex')).toBe('810548656c6c6f')
    stream.end(buildFrame(Buffer.from([3, 232]), { opcode: 8 }))
    await once(stream, 'end')
    program.child.kill('SIGTERM')
    expect(await program.exit).toBe(0)
    session.destroy()
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('closes with 1001 at %s and ends with 0', async (signal) => {
    const { url, program } = await startServer({})
    const socket = new WebSocket(url)
    await once(socket, 'open')
    program.child.kill(signal)
    const [code] = (await once(socket, 'close')) as [number]
    expect(code).toBe(1001)
    expect(await program.exit).toBe(0)
  })

  it.each([
    [{ PORT: 'http' }, 'PORT must be a number from 0 to 65535, not "http".\n'],
    [{ PORT: '65536' }, 'PORT must be a number from 0 to 65535, not "65536".\n'],
    [{ DEFLATE: 'yes' }, 'DEFLATE must be 0 or 1, not "yes".\n'],
    [{ TLS: '2' }, 'TLS must be 0 or 1, not "2".\n'],
    [{ H2: 'true' }, 'H2 must be 0 or 1, not "true".\n'],
  ])('says in one line what is wrong with %o', async (env, line) => {
    const { exit, output } = run('server', [], env)
    expect(await exit).toBe(1)
    expect(output()).toBe(line)
  })

  it('says that its port is in use', async () => {
    const { port } = await startServer({})
    const { exit, output } = run('server', [], { PORT: String(port) })
    expect(await exit).toBe(1)
    expect(output()).toBe(
      `Port ${port} is in use. Stop what uses it, or choose another, such as: PORT=0 pnpm echo\n`,
    )
  })
})

describe('pnpm echo:client', () => {
  /** A server that hands its first connection to the test. */
  async function listen(): Promise<{ url: string; first: Promise<WebSocket>; close(): void }> {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true })
    await once(server, 'listening')
    const first = once(server, 'connection').then(([socket]) => socket as WebSocket)
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/case?number=1`
    return { url, first, close: () => server.close() }
  }

  it.each(['0', '1'])('echoes until the server closes: DEFLATE=%s', async (DEFLATE) => {
    const server = await listen()
    const program = run('client', [server.url], { DEFLATE })
    const socket = await server.first
    expect(socket.extensions).toBe(DEFLATE === '1' ? 'permessage-deflate' : '')
    for (const message of ['Hello', Buffer.from([0, 255])]) {
      socket.send(message)
      const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean]
      expect(isBinary ? data : data.toString()).toEqual(message)
    }
    socket.close(4000, 'that is all')
    expect(await program.exit).toBe(0)
    expect(program.output()).toBe(`echo:client: open ${server.url}\necho:client: closed 4000 "that is all"\n`)
    server.close()
  })

  it('ends with 1 if the connection is lost', async () => {
    const server = await listen()
    const program = run('client', [server.url])
    const socket = await server.first
    await expect.poll(program.output, { timeout: 20_000 }).toMatch(/open/)
    socket.terminate()
    expect(await program.exit).toBe(1)
    expect(program.output()).toBe(`echo:client: open ${server.url}\necho:client: closed 1006\n`)
    server.close()
  })

  it.each([
    ['ws://127.0.0.1:1', /^echo:client: cannot connect: .*ECONNREFUSED.*\n$/],
    ['http://127.0.0.1:1', /^echo:client: A WebSocket URL begins with ws: or wss:.*\n$/],
    ['nonsense', /^echo:client: "nonsense" is no URL\.\n$/],
  ])('says in one line why it cannot connect to %s', async (url, line) => {
    const { exit, output } = run('client', [url])
    expect(await exit).toBe(1)
    expect(output()).toMatch(line)
  })

  it('explains itself', async () => {
    const helped = run('client', ['--help'])
    expect(await helped.exit).toBe(0)
    expect(helped.output()).toMatch(/^Usage: pnpm echo:client URL\n/)
    const lost = run('client', [])
    expect(await lost.exit).toBe(1)
    expect(lost.output()).toBe(helped.output())
  })
})
