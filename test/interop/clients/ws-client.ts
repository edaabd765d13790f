// ws as a client.
import { WebSocket } from 'ws'
import type { ClientPeer } from '../peer.ts'
import { cutMessage, EchoLedger, type Outcome, type Task } from '../task.ts'

/** How the client of the proxies differs. */
export interface WsClientOptions {
  /** The address to connect from. */
  readonly localAddress?: string
  readonly headers?: Readonly<Record<string, string>>
}

export function wsClient(options: WsClientOptions = {}): ClientPeer {
  return {
    lacks: { http2: 'ws speaks HTTP/1.1 only' },
    run: (task) => run(task, options),
    [Symbol.asyncDispose]: async () => {},
  }
}

function run(task: Task, options: WsClientOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const ledger = new EchoLedger(task.messages)
    const socket = new WebSocket(task.url, [...task.protocols], {
      perMessageDeflate: task.deflate && { threshold: 0 },
      rejectUnauthorized: false,
      maxPayload: 128 * 1024 * 1024,
      ...options,
    })
    const close = (): void => socket.close(task.close?.code, task.close?.reason)
    const finish = (): void => {
      if (!task.close) return
      if (task.idleMs === undefined) close()
      else setTimeout(close, task.idleMs)
    }
    const send = (): void => {
      for (const [index, spec] of task.messages.entries()) {
        if (spec.fragments === undefined) socket.send(ledger.messages[index]!)
        else sendFragments(socket, cutMessage(spec), spec.type === 'binary')
      }
      if (ledger.isComplete) finish()
    }
    // Once open, the close event follows and has a code.
    socket.on('error', reject)
    socket.on('open', () => {
      socket.off('error', reject).on('error', () => {})
      if (!task.ping) return send()
      socket.ping('are you there?')
      socket.once('pong', (data) => {
        if (data.toString() === 'are you there?') send()
        else reject(new Error(`the pong says "${data.toString()}"`))
      })
    })
    socket.on('message', (data, isBinary) => {
      if (ledger.take(isBinary ? (data as Buffer) : (data as Buffer).toString())) finish()
    })
    socket.on('close', (code, reason) => {
      const { protocol: subprotocol, extensions } = socket
      resolve({ subprotocol, extensions, ...ledger.result, closed: { code, reason: reason.toString() } })
    })
  })
}

function sendFragments(socket: WebSocket, parts: readonly Buffer[], binary: boolean): void {
  for (const [index, part] of parts.entries()) socket.send(part, { binary, fin: index === parts.length - 1 })
}
