// Compresses what this endpoint sends (RFC 7692 §7.2.1), as was agreed on and where it is worth it.
import { NO_BYTES } from '../../util/bytes.ts'
import type { Compressor } from '../connection/compression.ts'
import { MIN_COMPRESSION_WINDOW_BITS, type DeflateAgreement } from '../protocol/deflate-negotiation.ts'
import type { DeflateOptions } from './deflate-options.ts'
import { HistoryWindow } from './history-window.ts'
import { deflateMessage, deflateMessageInThread, type DeflateSettings } from './raw-zlib.ts'
import type { ZlibPool } from './zlib-pool.ts'

export interface MessageDeflaterOptions {
  readonly agreement: DeflateAgreement
  /** The role of this endpoint. */
  readonly role: 'server' | 'client'
  readonly options: Pick<DeflateOptions, 'thresholdBytes' | 'level' | 'memLevel'>
  readonly pool: ZlibPool
}

/** What is compressed here and now takes a tenth of a millisecond; for more, a thread is worth its overhead. */
const MAX_INPUT_HERE_BYTES = 16 * 1024

/**
 * How far back a message may refer: zlib goes through all of the history first, which takes 50 µs for a full window, so a
 * short message gets less of it. It loses next to nothing, since what it repeats was mostly said lately.
 */
const MIN_HISTORY_BYTES = 8 * 1024
const HISTORY_PER_BYTE = 2

/** What zlib looks ahead (MIN_LOOKAHEAD), which it takes from the window. */
const LOOKAHEAD_BYTES = 262

/**
 * The smallest window in which the first of so many bytes can be referred to by the last. One that is larger has no use
 * but is made all the same, which takes a message of 1 KiB a fifth of its time.
 */
function windowBitsFor(bytes: number): number {
  return Math.max(MIN_COMPRESSION_WINDOW_BITS, 32 - Math.clz32(bytes + LOOKAHEAD_BYTES))
}

/**
 * With context takeover it belongs to one connection, whose messages it compresses one after the other: the next waits
 * until the one before is done, and every result must be sent, in that order. Without, it remembers nothing.
 */
export class MessageDeflater implements Compressor {
  /** Whether the result depends on the message alone, so that any number of connections can share it. */
  readonly isStateless: boolean
  readonly #windowBits: number
  readonly #options: MessageDeflaterOptions['options']
  readonly #pool: ZlibPool
  /** What later messages may refer back to. Messages that are sent as they are do not enter it (§7.2.3.2). */
  readonly #window: HistoryWindow | undefined

  constructor({ agreement, role, options, pool }: MessageDeflaterOptions) {
    const isServer = role === 'server'
    this.isStateless = isServer ? agreement.serverNoContextTakeover : agreement.clientNoContextTakeover
    this.#windowBits = isServer ? agreement.serverMaxWindowBits : agreement.clientMaxWindowBits
    this.#options = options
    this.#pool = pool
    this.#window = this.isStateless ? undefined : new HistoryWindow(2 ** this.#windowBits)
  }

  /**
   * The payload of the compressed message; undefined if it should be sent as it is: it is short, would not get smaller,
   * or zlib cannot compress for the window. Never throws or rejects.
   */
  deflate(payload: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    if (payload.length < this.#options.thresholdBytes) return undefined
    if (this.#windowBits < MIN_COMPRESSION_WINDOW_BITS) return undefined
    if (payload.length <= MAX_INPUT_HERE_BYTES) {
      return this.#pool.runHere(() =>
        this.#remember(payload, deflateMessage(payload, this.#settingsFor(payload))),
      )
    }
    return this.#pool.runInThread(async () =>
      this.#remember(payload, await deflateMessageInThread(payload, this.#settingsFor(payload))),
    )
  }

  #settingsFor({ length }: Uint8Array): DeflateSettings {
    const { level, memLevel } = this.#options
    const historyBytes = Math.max(MIN_HISTORY_BYTES, length * HISTORY_PER_BYTE)
    const history = this.#window?.bytes.subarray(-historyBytes) ?? NO_BYTES
    const windowBits = Math.min(this.#windowBits, windowBitsFor(history.length + length))
    return { windowBits, level, memLevel, history }
  }

  #remember(payload: Uint8Array, compressed: Uint8Array | undefined): Uint8Array | undefined {
    if (compressed !== undefined) this.#window?.add(payload)
    return compressed
  }
}
