// permessage-deflate (RFC 7692) from the peer's end, message by message: the window that is taken over is given to
// zlib as a preset dictionary, which is another way than the server's to the same bytes.
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'

const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff])
const LONGEST_WINDOW = 32_768

/** What the server's answer says about compression. */
export interface DeflateParams {
  readonly serverNoContextTakeover: boolean
  readonly clientNoContextTakeover: boolean
  readonly serverMaxWindowBits: number
  readonly clientMaxWindowBits: number
}

/** The parameters of a Sec-WebSocket-Extensions value, with their values as text; undefined if it is another one. */
export function readDeflateAnswer(value: string): ReadonlyMap<string, string | undefined> | undefined {
  const [name, ...rest] = value.split(';').map((part) => part.trim())
  if (name !== 'permessage-deflate') return undefined
  return new Map(
    rest.map((part) => {
      const [key = '', text] = part.split('=').map((piece) => piece.trim())
      return [key, text] as const
    }),
  )
}

/** What was agreed on. */
export function paramsOf(answer: ReadonlyMap<string, string | undefined>): DeflateParams {
  return {
    serverNoContextTakeover: answer.has('server_no_context_takeover'),
    clientNoContextTakeover: answer.has('client_no_context_takeover'),
    serverMaxWindowBits: Number(answer.get('server_max_window_bits') ?? 15),
    clientMaxWindowBits: Number(answer.get('client_max_window_bits') ?? 15),
  }
}

/** The end of what came before, as far as the window reaches. */
class Window {
  readonly #isKept: boolean
  readonly #size: number
  #bytes = Buffer.alloc(0)

  constructor(isKept: boolean, windowBits: number) {
    this.#isKept = isKept
    this.#size = Math.min(LONGEST_WINDOW, 2 ** windowBits)
  }

  get options(): { dictionary?: Buffer } {
    return this.#bytes.length > 0 ? { dictionary: this.#bytes } : {}
  }

  add(data: Uint8Array): void {
    if (this.#isKept) this.#bytes = Buffer.from(Buffer.concat([this.#bytes, data]).subarray(-this.#size))
  }
}

/** Reads what the server compressed, in a window no larger than was agreed on. */
export class PeerInflater {
  readonly #windowBits: number
  readonly #window: Window

  constructor({ serverNoContextTakeover, serverMaxWindowBits }: DeflateParams) {
    this.#windowBits = serverMaxWindowBits
    this.#window = new Window(!serverNoContextTakeover, serverMaxWindowBits)
  }

  inflate(payload: Uint8Array): Buffer {
    const data = inflateRawSync(Buffer.concat([payload, TAIL]), {
      windowBits: this.#windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...this.#window.options,
    })
    this.#window.add(data)
    return data
  }
}

/** Compresses messages as a client may. */
export class PeerDeflater {
  readonly #windowBits: number
  readonly #window: Window

  constructor({ clientNoContextTakeover, clientMaxWindowBits }: DeflateParams) {
    // zlib cannot write raw deflate with 8 bits.
    this.#windowBits = Math.max(9, clientMaxWindowBits)
    this.#window = new Window(!clientNoContextTakeover, clientMaxWindowBits)
  }

  deflate(data: string | Uint8Array): Buffer {
    const bytes = Buffer.from(data)
    const compressed = deflateRawSync(bytes, {
      windowBits: this.#windowBits,
      finishFlush: constants.Z_SYNC_FLUSH,
      ...this.#window.options,
    })
    this.#window.add(bytes)
    return bytes.length === 0 ? Buffer.from([0]) : compressed.subarray(0, -TAIL.length)
  }
}

/** A message compressed by itself, needing nothing before it. */
export function deflateAlone(data: string | Uint8Array): Buffer {
  return deflateRawSync(Buffer.from(data), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -TAIL.length)
}
