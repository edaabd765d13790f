// A TCP proxy that can cut what runs through it, for tests of what happens when a network fails.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A proxy in front of a port. Dispose of it when done. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number
  /** Resets every connection that runs through the proxy. */
  cut(): void
  /** Refuses new connections until `open` is called. */
  block(): void
  open(): void
}

/** Starts a proxy on a free port. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let isBlocked = false
  const track = (socket: Socket): Socket => {
    sockets.add(socket)
    socket.on('error', () => {}) // resets are what this is for
    socket.once('close', () => sockets.delete(socket))
    return socket
  }
  const server = createServer((incoming) => {
    track(incoming)
    if (isBlocked) {
      incoming.resetAndDestroy()
      return
    }
    const outgoing = track(connect(targetPort, '127.0.0.1'))
    incoming.pipe(outgoing).pipe(incoming)
    incoming.once('close', () => outgoing.destroy())
    outgoing.once('close', () => incoming.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    block: () => (isBlocked = true),
    open: () => (isBlocked = false),
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
