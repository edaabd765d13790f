// A proxy that changes what passes, to make a wrong server of a right one.
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import type { Fields } from './messages.ts'
import { CODECS, type WireCodec } from './wire-codec.ts'

/** Turns one message into those that pass in its place. Made anew for each connection, so that it may remember. */
export type Tamper = () => (message: Fields) => readonly unknown[]

/** What is changed on the way; everything else passes as it is. */
export interface Tampering {
  readonly toClient?: Tamper
  readonly toServer?: Tamper
  readonly closeCode?: (code: number) => number
}

/** A running proxy. Dispose of it when done. */
export interface TamperingProxy extends AsyncDisposable {
  readonly url: string
}

/** Starts a proxy in front of the server at `url`. It selects the first subprotocol, and offers that one. */
export async function startTamperingProxy(url: string, tampering: Tampering): Promise<TamperingProxy> {
  const handleProtocols = (offered: Set<string>): string => [...offered][0]!
  const proxy = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols })
  proxy.on('connection', (client) => {
    const offered = client.protocol === '' ? [] : [client.protocol]
    join(client, new WebSocket(url, offered), tampering)
  })
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo
  return {
    url: `ws://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      for (const client of proxy.clients) client.terminate()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

function join(client: WebSocket, server: WebSocket, { toClient, toServer, closeCode }: Tampering): void {
  const codec = Object.values(CODECS).find(({ subprotocol }) => subprotocol === client.protocol)
  client.pause()
  server.on('open', () => client.resume())
  pass(client, server, codec, toServer)
  pass(server, client, codec, toClient)
  client.on('close', (code) => end(server, code))
  server.on('close', (code) => end(client, closeCode?.(code) ?? code))
  for (const each of [client, server]) each.on('error', () => {}) // `close` follows
}

function pass(
  from: WebSocket,
  to: WebSocket,
  codec: WireCodec | undefined,
  tamper: Tamper | undefined,
): void {
  const change = tamper?.()
  from.on('message', (data: Buffer, isBinary) => {
    if (!change || !codec) return to.send(data, { binary: isBinary })
    for (const message of change(codec.decode(data, isBinary) as Fields)) {
      to.send(codec.encode(message), { binary: isBinary })
    }
  })
}

/** Ends a connection as the other one has ended: lost, with a code, or with a Close that had none. */
function end(socket: WebSocket, code: number): void {
  if (code === 1006) socket.terminate()
  else if (code === 1005) socket.close()
  else socket.close(code)
}
