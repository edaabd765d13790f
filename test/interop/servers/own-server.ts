// Our server as a peer: one process for the whole table, which must be well at its end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { WebSocketCloseEvent } from '@roomcast/server/websocket'
import type { ServerPeer } from '../peer.ts'
import { eventually } from '../waiting.ts'

export interface OwnServer extends ServerPeer {
  readonly securePort: number
  /** The port for HTTP/2 over TLS, where HTTP/1.1 is spoken too. */
  readonly http2Port: number
  /** The port for HTTP/2 without TLS, where nothing else is spoken. */
  readonly clearHttp2Port: number
  /** How the connection with this `id` ended, as the server's application was told. Waits for it. */
  closed(id: string): Promise<WebSocketCloseEvent>
  /** Empty if the process runs and has never complained; else what is wrong. */
  readonly trouble: string
}

const FRAGMENTS = 'our server cuts messages by itself'

type OwnPorts = Pick<OwnServer, 'port' | 'securePort' | 'http2Port' | 'clearHttp2Port'>

export async function startOwnServer(): Promise<OwnServer> {
  const program = fileURLToPath(new URL('own-server-program.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@roomcast/source', '--import', 'tsx', program], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let complaints = ''
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()))
  const ended = once(child, 'exit').then((): [string] => [''])
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>
  const [text] = await Promise.race([line, ended])
  if (text === '') throw new Error(`Our server did not start: ${complaints}`)
  const ports = JSON.parse(text) as OwnPorts
  const { port } = ports
  return {
    lacks: { fragments: FRAGMENTS },
    ...ports,
    async closed(id) {
      let event: WebSocketCloseEvent | undefined
      await eventually('the server hears of the end', async () => {
        const response = await fetch(`http://127.0.0.1:${port}/closed?id=${id}`)
        event = ((await response.json()) as WebSocketCloseEvent | null) ?? undefined
        return event !== undefined
      })
      return event!
    },
    get trouble() {
      const { exitCode, signalCode } = child
      const end = exitCode ?? signalCode
      return (end === null ? '' : `Our server has ended (${end}). `) + complaints
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }
}
