// An HTTP/2 client that may break every rule: frames are built by hand and sent over a bare socket. Of HPACK it
// knows only what is needed: fields are sent as literals, and of an answer's head the status is read.
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { localCertificate } from './tls.ts'

/** Frame types of RFC 9113 §6. */
export const H2 = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

/** Flags of RFC 9113 §6. */
export const H2Flag = { ack: 1, endStream: 1, endHeaders: 4 } as const

export const SETTINGS_INITIAL_WINDOW_SIZE = 4
export const SETTINGS_ENABLE_CONNECT_PROTOCOL = 8

/** A frame as it arrived. */
export interface Http2Frame {
  readonly type: number
  readonly flags: number
  readonly streamId: number
  readonly payload: Buffer
}

/** Name and value in turn for each field, pseudo-header fields first. */
export type Fields = readonly (readonly [name: string, value: string])[]

/** The fields of a WebSocket's extended CONNECT. */
export function websocketFields(path: string, scheme = 'http', authority = '127.0.0.1'): Fields {
  return [
    [':method', 'CONNECT'],
    [':protocol', 'websocket'],
    [':scheme', scheme],
    [':path', path],
    [':authority', authority],
    ['sec-websocket-version', '13'],
  ]
}

export interface RawHttp2Options {
  /** Our settings. */
  readonly settings?: readonly (readonly [id: number, value: number])[]
  readonly isSecure?: boolean
  /** Whether the server's SETTINGS are acknowledged; until then it cannot hold them against us. @default true */
  readonly acknowledges?: boolean
}

/** A bare session. Dispose of it when done. */
export class RawHttp2 implements AsyncDisposable {
  readonly socket: Socket
  /** Every frame that came, in order. */
  readonly frames: Http2Frame[] = []
  readonly ended: Promise<void>
  readonly #acknowledges: boolean
  #bytes = Buffer.alloc(0)

  private constructor(socket: Socket, acknowledges: boolean) {
    this.socket = socket
    this.#acknowledges = acknowledges
    socket.setNoDelay()
    this.ended = new Promise((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => {}) // the peer may reset the connection, which is what some tests are about
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  /** Opens a session with our settings, and waits for the server's. */
  static async dial(
    port: number,
    { settings = [], isSecure = false, acknowledges = true }: RawHttp2Options = {},
  ): Promise<RawHttp2> {
    const socket = isSecure
      ? connectTls({
          port,
          host: 'localhost',
          ca: (await localCertificate()).cert,
          ALPNProtocols: ['h2'],
        })
      : connectTcp(port, '127.0.0.1')
    await once(socket, isSecure ? 'secureConnect' : 'connect')
    const raw = new RawHttp2(socket, acknowledges)
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    const payload = Buffer.alloc(settings.length * 6)
    settings.forEach(([id, value], index) => {
      payload.writeUInt16BE(id, index * 6)
      payload.writeUInt32BE(value, index * 6 + 2)
    })
    raw.send(H2.settings, 0, 0, payload)
    await raw.until(() => raw.settings !== undefined)
    return raw
  }

  /** The server's first SETTINGS, by identifier. */
  get settings(): ReadonlyMap<number, number> | undefined {
    const first = this.frames.find(({ type, flags }) => type === H2.settings && flags === 0)
    return first && new Map(settingsOf(first.payload))
  }

  /** The status of the answer on a stream, once it is there. */
  statusOf(streamId: number): number | undefined {
    const head = this.frames.find((frame) => frame.type === H2.headers && frame.streamId === streamId)
    return head && readStatus(head.payload)
  }

  /** The bytes that came on a stream. */
  dataOf(streamId: number): Buffer {
    return Buffer.concat(this.of(H2.data, streamId).map(({ payload }) => payload))
  }

  /** The error code with which the server reset a stream, if it did. */
  resetOf(streamId: number): number | undefined {
    return this.of(H2.rstStream, streamId)[0]?.payload.readUInt32BE(0)
  }

  /** Whether the server ended its side of a stream. */
  hasEnded(streamId: number): boolean {
    return this.frames.some(
      ({ type, flags, streamId: id }) =>
        id === streamId && (type === H2.data || type === H2.headers) && (flags & H2Flag.endStream) !== 0,
    )
  }

  /** The error code of the GOAWAY that came, if one did. */
  get goAwayCode(): number | undefined {
    return this.of(H2.goAway, 0)[0]?.payload.readUInt32BE(4)
  }

  of(type: number, streamId: number): readonly Http2Frame[] {
    return this.frames.filter((frame) => frame.type === type && frame.streamId === streamId)
  }

  /** Sends a frame. */
  send(type: number, flags: number, streamId: number, payload: Uint8Array = Buffer.alloc(0)): void {
    if (!this.socket.writable) return
    this.socket.write(buildFrame(type, flags, streamId, payload))
  }

  /** Sends a request head. Stream ids of clients are odd and grow. */
  request(streamId: number, fields: Fields, isEnd = false): void {
    this.send(H2.headers, H2Flag.endHeaders | (isEnd ? H2Flag.endStream : 0), streamId, encodeFields(fields))
  }

  reset(streamId: number, code = 8): void {
    this.send(H2.rstStream, 0, streamId, uint32(code))
  }

  /** Grants the server that many bytes more, on a stream or (0) on the session. */
  grant(streamId: number, bytes: number): void {
    this.send(H2.windowUpdate, 0, streamId, uint32(bytes))
  }

  /** Waits until something holds of what has arrived, or the session ends. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.socket.destroyed) throw new Error('the session ended before what was waited for')
      await Promise.race([once(this.socket, 'data'), this.ended])
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy()
    await this.ended
  }

  #receive(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk])
    while (this.#bytes.length >= 9) {
      const length = this.#bytes.readUIntBE(0, 3)
      if (this.#bytes.length < 9 + length) return
      const frame: Http2Frame = {
        type: this.#bytes[3]!,
        flags: this.#bytes[4]!,
        streamId: this.#bytes.readUInt32BE(5) & 0x7fff_ffff,
        payload: this.#bytes.subarray(9, 9 + length),
      }
      this.#bytes = this.#bytes.subarray(9 + length)
      this.frames.push(frame)
      // The courtesies without which a server gives up: SETTINGS and PING are acknowledged.
      if (frame.type === H2.settings && frame.flags === 0 && this.#acknowledges)
        this.send(H2.settings, H2Flag.ack, 0)
      if (frame.type === H2.ping && frame.flags === 0) this.send(H2.ping, H2Flag.ack, 0, frame.payload)
    }
  }
}

/** Builds a frame of RFC 9113 §4.1. */
export function buildFrame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = type
  head[4] = flags
  head.writeUInt32BE(streamId, 5)
  return Buffer.concat([head, payload])
}

/** A header block of literals without indexing (RFC 7541 §6.2.2), none compressed. */
export function encodeFields(fields: Fields): Buffer {
  return Buffer.concat(
    fields.flatMap(([name, value]) => [Buffer.of(0), encodeString(name), encodeString(value)]),
  )
}

/** RFC 7541 §5.2, the length as §5.1 says with a prefix of seven bits. */
function encodeString(text: string): Buffer {
  const bytes = Buffer.from(text, 'latin1')
  const length: number[] = []
  let rest = bytes.length
  if (rest < 127) length.push(rest)
  else {
    length.push(127)
    for (rest -= 127; rest >= 128; rest = rest >>> 7) length.push((rest & 127) | 128)
    length.push(rest)
  }
  return Buffer.concat([Buffer.from(length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function settingsOf(payload: Buffer): [number, number][] {
  return Array.from({ length: payload.length / 6 }, (_, index) => [
    payload.readUInt16BE(index * 6),
    payload.readUInt32BE(index * 6 + 2),
  ])
}

/** What the static table of RFC 7541 (appendix A) has from index 8 on. */
const INDEXED_STATUS = [200, 204, 206, 304, 400, 404, 500]

/** The status of a response: servers send it first, and its digits indexed, plain, or in the code of appendix B. */
function readStatus(block: Buffer): number | undefined {
  // A change of the table's size may come first (§6.3).
  let offset = 0
  while ((block[offset]! & 0xe0) === 0x20) offset++
  const first = block[offset]!
  if (first & 0x80) return INDEXED_STATUS[(first & 0x7f) - 8]
  const length = block[offset + 1]!
  const text = block.subarray(offset + 2, offset + 2 + (length & 0x7f))
  return Number(length & 0x80 ? decodeDigits(text) : text.toString('latin1'))
}

/** Digits in the code of RFC 7541 appendix B: 0 to 2 have five bits, the others six. */
function decodeDigits(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  let digits = ''
  for (let index = 0; index + 5 <= bits.length;) {
    const five = parseInt(bits.slice(index, index + 5), 2)
    const six = parseInt(bits.slice(index, index + 6), 2)
    if (five <= 2) digits += five
    else if (six >= 0x19 && six <= 0x1f) digits += six - 0x19 + 3
    else break
    index += five <= 2 ? 5 : 6
  }
  return digits
}
