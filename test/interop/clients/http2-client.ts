// A client over HTTP/2, for proxies that accept WebSockets so: Node's HTTP/2 with frames that are built here.
import { once } from 'node:events'
import { connect, type ClientHttp2Session } from 'node:http2'
import { openHttp2WebSocket } from '../../support/http2-websocket.ts'
import { buildFrame } from '../../support/raw-websocket.ts'
import type { ClientPeer } from '../peer.ts'
import { EchoLedger, type Outcome, type Task } from '../task.ts'
import { eventually } from '../waiting.ts'
import { framesIn, type SeenFrame } from '../wire/frames.ts'

const Opcode = { text: 1, close: 8 }

export function http2Client(): ClientPeer {
  return {
    lacks: {
      fragments: 'not needed',
      ping: 'not needed',
      compressing: 'it does not compress',
    },
    run,
    [Symbol.asyncDispose]: async () => {},
  }
}

async function run(task: Task): Promise<Outcome> {
  const { host, pathname, search } = new URL(task.url)
  const session = connect(`https://${host}`, { rejectUnauthorized: false })
  try {
    await once(session, 'remoteSettings')
    return await exchange(session, pathname + search, task)
  } finally {
    session.destroy()
  }
}

async function exchange(session: ClientHttp2Session, path: string, task: Task): Promise<Outcome> {
  const { protocols } = task
  const { stream, headers } = await openHttp2WebSocket(session, path, {
    ...(protocols.length > 0 && { 'sec-websocket-protocol': protocols.join(', ') }),
  })
  // An empty head, since what `framesIn` reads begins with one.
  const chunks: Buffer[] = [Buffer.from('\r\n\r\n')]
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = once(stream, 'close')
  const ledger = new EchoLedger(task.messages)
  for (const message of ledger.messages) stream.write(buildFrame(message))
  const messages = (): readonly (string | Buffer)[] => messagesIn(framesIn(Buffer.concat(chunks)))
  await eventually('everything is back', () => messages().length >= task.messages.length)
  if (task.close) {
    const { code, reason } = task.close
    const payload = Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])
    stream.end(buildFrame(payload, { opcode: Opcode.close }))
  }
  const closeFrame = (): SeenFrame | undefined =>
    framesIn(Buffer.concat(chunks)).find(({ opcode }) => opcode === Opcode.close)
  await eventually('the server closes', () => closeFrame() !== undefined)
  const { payload } = closeFrame()!
  if (!task.close) stream.end(buildFrame(payload.subarray(0, 2), { opcode: Opcode.close }))
  await ended
  for (const message of messages()) ledger.take(message)
  return {
    subprotocol: String(headers['sec-websocket-protocol'] ?? ''),
    ...ledger.result,
    closed: { code: payload.readUInt16BE(0), reason: payload.toString('utf8', 2) },
  }
}

/** The messages that are complete, put together from their frames. */
function messagesIn(frames: readonly SeenFrame[]): readonly (string | Buffer)[] {
  const messages: (string | Buffer)[] = []
  let parts: SeenFrame[] = []
  for (const frame of frames.filter(({ opcode }) => opcode < Opcode.close)) {
    parts.push(frame)
    if (!frame.isFinal || frame.payload.length < frame.payloadBytes) continue
    const bytes = Buffer.concat(parts.map(({ payload }) => payload))
    messages.push(parts[0]!.opcode === Opcode.text ? bytes.toString() : bytes)
    parts = []
  }
  return messages
}
