// Our own client role.
import { connectWebSocket, type WebSocketConnection } from '@roomcast/server/websocket'
import type { ClientPeer } from '../peer.ts'
import { EchoLedger, type Outcome, type Task } from '../task.ts'

const MAX_BYTES = 128 * 1024 * 1024

export function ownClient(): ClientPeer {
  return {
    lacks: { fragments: 'our client cuts messages by itself' },
    run,
    [Symbol.asyncDispose]: async () => {},
  }
}

async function run(task: Task): Promise<Outcome> {
  const options = {
    protocols: task.protocols,
    deflate: task.deflate,
    tls: { rejectUnauthorized: false },
    limits: { maxMessageBytes: MAX_BYTES, maxBufferedBytes: MAX_BYTES },
  }
  return exchange(await connectWebSocket(task.url, options), task)
}

function exchange(connection: WebSocketConnection, task: Task): Promise<Outcome> {
  return new Promise((resolve) => {
    const ledger = new EchoLedger(task.messages)
    const finish = (): void => {
      if (task.close) connection.close(task.close.code, task.close.reason)
    }
    connection.setHandlers({
      message: (data) => {
        if (ledger.take(data)) finish()
      },
      close: ({ code, reason }) => {
        resolve({ subprotocol: connection.subprotocol, ...ledger.result, closed: { code, reason } })
      },
    })
    if (task.ping) connection.ping()
    for (const message of ledger.messages) connection.send(message)
    if (ledger.isComplete) finish()
  })
}
