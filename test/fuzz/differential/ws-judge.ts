// What the `ws` package makes of a stream: its server, over a stream without a socket.
import type { IncomingMessage } from 'node:http'
import { duplexPair } from 'node:stream'
import { WebSocketServer } from 'ws'
import { MAX_MESSAGE_BYTES, type Judge, type Verdict } from './verdict.ts'

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
  // Its own limits on pieces are not what is compared.
  ...{ maxFragments: 0, maxBufferedChunks: 0 },
})

const request = {
  method: 'GET',
  url: '/',
  headers: {
    upgrade: 'websocket',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'sec-websocket-version': '13',
  },
} as unknown as IncomingMessage

export const wsJudge: Judge = {
  name: 'ws',
  judge,
  close: async () => server.close(),
}

async function judge(stream: Uint8Array): Promise<Verdict> {
  const [near, far] = duplexPair()
  const messages: string[] = []
  let failure: number | undefined
  let closeCode: number | undefined
  near.resume().on('error', () => {})
  await new Promise<void>((resolve) => {
    server.handleUpgrade(request, far, Buffer.alloc(0), (socket) => {
      socket.on('message', (data: Buffer, isBinary) =>
        messages.push((isBinary ? 'b' : 't') + data.toString('hex')),
      )
      socket.on('error', (error) => (failure = statusOf(error)))
      socket.on('close', (code) => {
        closeCode = code
        resolve()
      })
    })
    near.end(Buffer.from(stream)) // ws unmasks in place
  })
  near.destroy()
  return { messages, end: failure === undefined ? endOf(closeCode) : `failed ${failure}` }
}

/** 1006: the stream ended, and nothing had been wrong with it. */
function endOf(closeCode: number | undefined): string {
  return closeCode === 1006 ? 'open' : `closed ${closeCode}`
}

/** The code of the Close frame that it answers with, which its errors carry under a symbol. */
function statusOf(error: Error): number {
  const symbol = Object.getOwnPropertySymbols(error).find(({ description }) => description === 'status-code')
  return symbol === undefined ? 1006 : (error as unknown as Record<symbol, number>)[symbol]!
}
