// The package `websocket` as a client.
import websocket, { type connection as Connection } from 'websocket'
import type { ClientPeer } from '../peer.ts'
import { EchoLedger, type Outcome, type Task } from '../task.ts'

export function websocketClient(): ClientPeer {
  return {
    lacks: {
      deflate: 'it knows no extensions',
      http2: 'it speaks HTTP/1.1 only',
    },
    run,
    [Symbol.asyncDispose]: async () => {},
  }
}

function run(task: Task): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    // It cuts by length, not by number.
    const cut = task.messages.find(({ fragments }) => fragments !== undefined)
    const client = new websocket.client({
      maxReceivedFrameSize: 128 * 1024 * 1024,
      maxReceivedMessageSize: 128 * 1024 * 1024,
      fragmentOutgoingMessages: cut !== undefined,
      ...(cut && { fragmentationThreshold: Math.ceil((cut.unit.length * cut.times) / cut.fragments!) }),
      tlsOptions: { rejectUnauthorized: false },
    })
    client.on('connectFailed', reject)
    client.on('connect', (connection) => exchange(connection, task, resolve, reject))
    client.connect(task.url, [...task.protocols])
  })
}

function exchange(
  connection: Connection,
  task: Task,
  resolve: (outcome: Outcome) => void,
  reject: (error: Error) => void,
): void {
  const ledger = new EchoLedger(task.messages)
  const finish = (): void => {
    if (task.close) connection.close(task.close.code, task.close.reason)
  }
  const send = (): void => {
    for (const message of ledger.messages) {
      if (typeof message === 'string') connection.sendUTF(message)
      else connection.sendBytes(message)
    }
    if (ledger.isComplete) finish()
  }
  connection.on('error', reject)
  connection.on('message', (message) => {
    if (ledger.take(message.type === 'utf8' ? message.utf8Data : message.binaryData)) finish()
  })
  connection.on('close', (code, reason) => {
    const subprotocol = connection.protocol ?? ''
    resolve({ subprotocol, ...ledger.result, closed: { code, reason } })
  })
  if (!task.ping) return send()
  connection.on('pong', send)
  connection.ping(Buffer.from('are you there?'))
}
