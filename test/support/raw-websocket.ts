// A WebSocket client that may break every rule: frames are built by hand and sent over a bare socket.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A frame as it arrived. */
export interface RawFrame {
  readonly opcode: number
  readonly payload: Buffer
}

/** How a frame is to be built; the defaults obey RFC 6455. */
export interface FrameOptions {
  readonly opcode?: number
  readonly isFinal?: boolean
  readonly rsv?: number
  readonly isMasked?: boolean
  /** What the header claims; the payload may be shorter. */
  readonly declaredLength?: number
}

/** Builds a frame. */
export function buildFrame(payload: string | Uint8Array, options: FrameOptions = {}): Buffer {
  const { opcode = typeof payload === 'string' ? 1 : 2, isFinal = true, rsv = 0, isMasked = true } = options
  const bytes = Buffer.from(payload)
  const length = options.declaredLength ?? bytes.length
  const head = [(isFinal ? 0x80 : 0) | (rsv << 4) | opcode]
  const maskBit = isMasked ? 0x80 : 0
  if (length < 126) head.push(maskBit | length)
  else if (length < 65_536) head.push(maskBit | 126, length >>> 8, length & 0xff)
  else {
    const size = Buffer.alloc(8)
    size.writeBigUInt64BE(BigInt(length))
    head.push(maskBit | 127, ...size)
  }
  if (!isMasked) return Buffer.concat([Buffer.from(head), bytes])
  const key = randomBytes(4)
  return Buffer.concat([Buffer.from(head), key, bytes.map((byte, index) => byte ^ key[index % 4]!)])
}

/** The request of a handshake, as text. Headers may be added, changed, or left out with `undefined`. */
export function buildRequest(
  path: string,
  changes: Record<string, string | undefined> = {},
  line = `GET ${path} HTTP/1.1`,
): string {
  const headers: Record<string, string | undefined> = {
    Host: '127.0.0.1',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Protocol': 'roomcast.v1.json',
    ...changes,
  }
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  )
  return [line, ...lines, '', ''].join('\r\n')
}

/** A bare connection. Dispose of it when done. */
export class RawWebSocket implements AsyncDisposable {
  readonly socket: Socket
  readonly frames: RawFrame[] = []
  #bytes = Buffer.alloc(0)
  #head: string | undefined
  readonly ended: Promise<void>

  private constructor(socket: Socket) {
    this.socket = socket
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => {}) // the peer may reset the connection, which is what some tests are about
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  /** Opens a TCP connection and sends nothing. */
  static async dial(port: number): Promise<RawWebSocket> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new RawWebSocket(socket)
  }

  /** Opens a connection and completes the handshake. */
  static async open(
    port: number,
    path: string,
    changes: Record<string, string | undefined> = {},
  ): Promise<RawWebSocket> {
    const raw = await RawWebSocket.dial(port)
    raw.socket.write(buildRequest(path, changes))
    await raw.until(() => raw.#head !== undefined)
    if (raw.status !== 101)
      throw new Error(`the handshake was answered with ${raw.#head?.split('\r\n')[0] ?? 'nothing'}`)
    return raw
  }

  /** The status of the answer to the handshake, once it is there. */
  get status(): number | undefined {
    return this.#head === undefined ? undefined : Number(this.#head.split(' ')[1])
  }

  /** The head of the answer to the handshake. */
  get head(): string | undefined {
    return this.#head
  }

  /** The code of the Close frame that came, if one did. */
  get closeCode(): number | undefined {
    const close = this.frames.find(({ opcode }) => opcode === 8)
    return close && (close.payload.length >= 2 ? close.payload.readUInt16BE(0) : 1005)
  }

  /** The text messages that came, parsed. */
  get messages(): Record<string, unknown>[] {
    return this.frames
      .filter(({ opcode }) => opcode === 1)
      .map(({ payload }) => JSON.parse(payload.toString()) as Record<string, unknown>)
  }

  send(payload: string | Uint8Array, options?: FrameOptions): void {
    this.socket.write(buildFrame(payload, options))
  }

  sendJson(message: object): void {
    this.send(JSON.stringify(message))
  }

  /** Waits for the answer to a command. */
  async answer(id: number): Promise<Record<string, unknown>> {
    const find = () => this.messages.find((message) => message.id === id)
    await this.until(() => find() !== undefined)
    return find()!
  }

  /** Waits until something holds of what has arrived, or the connection ends. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.socket.destroyed) throw new Error('the connection ended before what was waited for')
      await Promise.race([once(this.socket, 'data'), this.ended])
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy()
    await this.ended
  }

  #receive(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    if (this.#head === undefined) {
      const end = this.#bytes.indexOf('\r\n\r\n')
      if (end < 0) return
      this.#head = this.#bytes.toString('latin1', 0, end)
      this.#bytes = this.#bytes.subarray(end + 4)
      if (this.status !== 101) return
    }
    while (this.status === 101 && this.#takeFrame());
  }

  #takeFrame(): boolean {
    const bytes = this.#bytes
    if (bytes.length < 2) return false
    let length = bytes[1]! & 0x7f
    let start = 2
    if (length === 126) {
      if (bytes.length < 4) return false
      length = bytes.readUInt16BE(2)
      start = 4
    } else if (length === 127) {
      if (bytes.length < 10) return false
      length = Number(bytes.readBigUInt64BE(2))
      start = 10
    }
    if (bytes.length < start + length) return false
    const frame = { opcode: bytes[0]! & 0x0f, payload: bytes.subarray(start, start + length) }
    this.frames.push(frame)
    // The one courtesy: a Close is answered, so that the server need not wait for it.
    if (frame.opcode === 8) this.send(frame.payload, { opcode: 8 })
    this.#bytes = bytes.subarray(start + length)
    return true
  }
}
