// undici's WebSocket, which is also that of Node itself.
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { Agent, ping, WebSocket } from 'undici'
import type { ClientPeer } from '../peer.ts'
import { EchoLedger, type Outcome, type Task } from '../task.ts'

export function undiciClient(): ClientPeer {
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
  return {
    lacks: {
      fragments: 'its interface, that of browsers, has no fragments',
      http2: 'over HTTP/2 it wants a Sec-WebSocket-Accept, which RFC 8441 §5 does away with',
      compressing: 'it inflates what it receives and sends everything uncompressed',
    },
    run: (task) => run(task, dispatcher),
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  }
}

function run(task: Task, dispatcher: Agent): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const ledger = new EchoLedger(task.messages)
    const socket = new WebSocket(task.url, { protocols: [...task.protocols], dispatcher })
    socket.binaryType = 'arraybuffer'
    const finish = (): void => {
      if (task.close) socket.close(task.close.code, task.close.reason)
    }
    socket.addEventListener('error', ({ error }) =>
      reject(error instanceof Error ? error : new Error('failed')),
    )
    const send = (): void => {
      for (const message of ledger.messages) socket.send(message)
      if (ledger.isComplete) finish()
    }
    socket.addEventListener('open', () => {
      if (!task.ping) return send()
      onPong(socket, send)
      ping(socket, Buffer.from('are you there?'))
    })
    socket.addEventListener('message', ({ data }) => {
      if (ledger.take(typeof data === 'string' ? data : new Uint8Array(data as ArrayBuffer))) finish()
    })
    socket.addEventListener('close', ({ code, reason }) => {
      const { protocol: subprotocol, extensions } = socket
      resolve({ subprotocol, extensions, ...ledger.result, closed: { code, reason } })
    })
  })
}

/** Calls back at the next pong, of which only the diagnostics know. */
function onPong(socket: WebSocket, callback: () => void): void {
  const listen = (message: unknown): void => {
    if ((message as { websocket: WebSocket }).websocket !== socket) return
    unsubscribe('undici:websocket:pong', listen)
    callback()
  }
  subscribe('undici:websocket:pong', listen)
}
