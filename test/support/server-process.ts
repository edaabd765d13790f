// A server as a process of its own, which can be killed in the middle of anything.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A server that runs. Dispose of it when done. */
export interface ServerProcess extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** What it has complained about so far. */
  readonly complaints: string
  /** Ends it at once (SIGKILL), with no time for a farewell. */
  kill(): Promise<void>
}

/** The demo, started as `npm start` does; port 0 takes a free one. */
export const startChatProcess = (port = 0): Promise<ServerProcess> =>
  startProcess('../../examples/chat/', 'server.ts', port)

/** A server for publishing as fast as one can. */
export const startFastServerProcess = (port = 0): Promise<ServerProcess> =>
  startProcess('./', 'fast-server.ts', port)

async function startProcess(folder: string, script: string, port: number): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['--conditions=@roomcast/source', '--import', 'tsx', script], {
    cwd: fileURLToPath(new URL(folder, import.meta.url)),
    env: { ...process.env, PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const line = await firstLine(child, child.stdout)
  const url = /http:\/\/\S+$/.exec(line)?.[0]
  if (!url) throw new Error(`${script} did not start: ${line}${complaints}`)
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }
  return {
    url,
    port: Number(new URL(url).port),
    get complaints() {
      return complaints
    },
    kill,
    [Symbol.asyncDispose]: kill,
  }
}

/** The first line of the output, or nothing if the process ends before. */
async function firstLine(child: ChildProcess, output: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: output })
  const exit = once(child, 'exit').then(() => [''])
  const [line] = (await Promise.race([once(lines, 'line'), exit])) as [string]
  return line
}
