// A client over HTTP/2, for proxies that accept WebSockets so: Node's HTTP/2 with frames that are built here.
import { once } from 'node:events'
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { openHttp2WebSocket } from '../../support/http2-websocket.ts'
import { buildFrame } from '../../support/raw-websocket.ts'
import type { ClientPeer } from '../peer.ts'
import { EchoLedger, type Outcome, type Task } from '../task.ts'
import { frameAt, type SeenFrame } from '../wire/frames.ts'

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
  const subprotocol = String(headers['sec-websocket-protocol'] ?? '')
  const ledger = new EchoLedger(task.messages)
  const ended = once(stream, 'close')
  const close = (payload: Buffer): void => void stream.write(buildFrame(payload, { opcode: Opcode.close }))
  for (const message of ledger.messages) stream.write(buildFrame(message))
  for await (const message of messagesOn(stream)) {
    if (message.opcode !== Opcode.close) {
      const isLast = ledger.take(message.opcode === Opcode.text ? message.bytes.toString() : message.bytes)
      if (isLast && task.close) close(closePayload(task.close))
      continue
    }
    if (!task.close) close(message.bytes.subarray(0, 2))
    // Not before: a proxy may take a half closed stream for one that is over.
    stream.end()
    await ended
    const closed = { code: message.bytes.readUInt16BE(0), reason: message.bytes.toString('utf8', 2) }
    return { subprotocol, ...ledger.result, closed }
  }
  return { subprotocol, ...ledger.result, closed: { code: 1006, reason: '' } }
}

const closePayload = ({ code, reason }: { readonly code: number; readonly reason: string }): Buffer =>
  Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)])

interface Received {
  readonly opcode: number
  readonly bytes: Buffer
}

/** Messages put together from their frames, and the Close. Pings are left out: nothing here is silent for long. */
async function* messagesOn(stream: ClientHttp2Stream): AsyncGenerator<Received> {
  let parts: SeenFrame[] = []
  for await (const frame of framesOn(stream)) {
    if (frame.opcode === Opcode.close) yield { opcode: frame.opcode, bytes: frame.payload }
    if (frame.opcode >= Opcode.close) continue
    parts.push(frame)
    if (!frame.isFinal) continue
    yield { opcode: parts[0]!.opcode, bytes: Buffer.concat(parts.map(({ payload }) => payload)) }
    parts = []
  }
}

async function* framesOn(stream: ClientHttp2Stream): AsyncGenerator<SeenFrame> {
  let bytes: Buffer = Buffer.alloc(0)
  for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes = Buffer.concat([bytes, chunk])
    for (let found = frameAt(bytes, 0); found && found.end <= bytes.length; found = frameAt(bytes, 0)) {
      bytes = bytes.subarray(found.end)
      yield found.frame
    }
  }
}
