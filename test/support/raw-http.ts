// Requests as bytes over a bare socket, with or without TLS, and all that comes back.
import { once } from 'node:events'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A bare connection. Dispose of it when done. */
export class RawHttp implements AsyncDisposable {
  readonly socket: Socket
  readonly closed: Promise<void>
  #text = ''
  #hasEnded = false

  private constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => {}) // the server may reset the connection, which is what some tests are about
    socket.on('data', (chunk: Buffer) => (this.#text += chunk.toString('latin1')))
    socket.on('end', () => (this.#hasEnded = true))
  }

  /** Opens a connection and sends nothing; with TLS, after its handshake. */
  static async dial(target: number | NetConnectOpts, { isSecure = false } = {}): Promise<RawHttp> {
    const options = typeof target === 'number' ? { port: target, host: '127.0.0.1' } : target
    const socket = isSecure
      ? connectTls({ ...options, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
      : connect(options)
    await once(socket, isSecure ? 'secureConnect' : 'connect')
    return new RawHttp(socket)
  }

  /** All that has come, one character per byte. */
  get text(): string {
    return this.#text
  }

  /** Whether the server has ended its side. */
  get hasEnded(): boolean {
    return this.#hasEnded || this.socket.destroyed
  }

  /** The status of the first response. */
  get status(): number | undefined {
    return this.#text.startsWith('HTTP/1.1 ') ? Number(this.#text.slice(9, 12)) : undefined
  }

  write(request: string | Uint8Array): void {
    this.socket.write(typeof request === 'string' ? Buffer.from(request, 'latin1') : request)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy()
    await this.closed
  }
}
