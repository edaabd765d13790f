// The same random conversations with our server and with `ws`, on which no two correct servers can differ.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect as connectTcp, type AddressInfo } from 'node:net'
import { WebSocketServer as WsServer } from 'ws'
import { Chopper } from './chopping.ts'
import { binary, close, fragments, frame, OP, pong, text } from './frames.ts'
import { Peer } from './peer.ts'
import { between } from './random.ts'
import { Served } from './served.ts'
import { readAnswer, requestBytes } from './transports.ts'
import type { Trial } from './trial.ts'

/** Frames in a random order, ended by one that ends the connection, on which no correct endpoints can differ. */
export function conversation(trial: Trial): { bytes: Buffer[]; expected: string } {
  const { random } = trial
  const bytes: Buffer[] = []
  for (let count = between(random, 0, 6); count > 0; count--) {
    const payload = `message ${between(random, 0, 999)} ${'é'.repeat(between(random, 0, 100))}`
    const choices = [
      [text(payload)],
      [binary(Buffer.from(payload))],
      fragments(OP.text, payload, [between(random, 0, 5), between(random, 0, 5)]),
      [pong('unasked')],
    ]
    bytes.push(...choices[between(random, 0, choices.length - 1)]!)
  }
  const endings = [
    close(1000),
    close(3000, 'bye'),
    text('naked', { isMasked: false }),
    frame(3, 'x'),
    frame(11, 'x'),
    text('x', { rsv: 2 }),
    frame(OP.continuation, 'lost'),
    frame(OP.ping, 'x', { isFinal: false }),
    frame(OP.ping, Buffer.alloc(126)),
    close(1005),
    frame(OP.close, Buffer.from([1])),
    text(Buffer.from([0xff])),
    close(1000, Buffer.from([0xff])),
  ]
  const index = between(random, 0, endings.length - 1)
  bytes.push(endings[index]!)
  return { bytes, expected: `ending ${index}` }
}

/** What a peer saw of its server: the messages and the code of the Close. */
export async function transcriptOf(peer: Peer): Promise<string> {
  const { code } = await peer.closeFrame()
  const messages = peer.takeMessages().map(({ data }) => data.toString())
  return JSON.stringify({ messages, code })
}

/** The same bytes against `ws`, over the same kind of chopping. */
export async function transcriptOfWs(trial: Trial, bytes: readonly Buffer[]): Promise<string> {
  const http = createServer()
  const ws = new WsServer({ server: http, perMessageDeflate: false })
  ws.on('connection', (socket) => {
    socket.on('error', () => {})
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const stream = connectTcp((http.address() as AddressInfo).port, '127.0.0.1')
  stream.on('error', () => {})
  await once(stream, 'connect')
  try {
    stream.write(requestBytes('/'))
    await readAnswer(stream)
    const chopper = new Chopper(trial.chopping, trial.random)
    const peer = new Peer({ stream, served: new Served(), chopper, hasNeighbour: false })
    peer.send(...bytes)
    return await transcriptOf(peer)
  } finally {
    stream.destroy()
    for (const client of ws.clients) client.terminate()
    ws.close()
    http.close()
  }
}
