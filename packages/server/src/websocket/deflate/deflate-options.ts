// What an application may choose about permessage-deflate (RFC 7692).
import { MIN_COMPRESSION_WINDOW_BITS, type DeflatePolicy } from '../protocol/deflate-negotiation.ts'

/** How messages are compressed. The defaults keep no memory for a connection and compress a broadcast once. */
export interface DeflateOptions extends DeflatePolicy {
  /**
   * Shorter messages are sent as they are. In bytes.
   * @default 1024
   */
  readonly thresholdBytes: number
  /**
   * zlib's compression level, from 0 (none) over 1 (fast) to 9 (small).
   * @default 6
   */
  readonly level: number
  /**
   * zlib's memory level, 1 to 9, for the short time that a message is being compressed.
   * @default 8
   */
  readonly memLevel: number
  /**
   * How many bytes a byte from the peer may inflate to, in messages of more than 64 KiB, else close 1009. Long
   * messages that repeat themselves line by line can exceed it honestly; `Infinity` leaves it to `maxMessageBytes`.
   * @default 25
   */
  readonly maxInflateRatio: number
}

export const DEFAULT_DEFLATE_OPTIONS: DeflateOptions = {
  contextTakeover: false,
  peerContextTakeover: false,
  maxWindowBits: 15,
  peerMaxWindowBits: 15,
  thresholdBytes: 1024,
  level: 6,
  memLevel: 8,
  maxInflateRatio: 25,
}

/**
 * Fills in the defaults; `true` stands for nothing but them.
 *
 * @throws {RangeError} for a number out of range. @throws {TypeError} for a value of the wrong type or an unknown name.
 */
export function resolveDeflateOptions(options: true | Partial<DeflateOptions>): DeflateOptions {
  const given = options === true ? {} : options
  if (typeof given !== 'object' || given === null) {
    throw new TypeError('deflate must be true, false or an object of options.')
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(DEFAULT_DEFLATE_OPTIONS, name))
  if (unknown !== undefined) {
    const known = Object.keys(DEFAULT_DEFLATE_OPTIONS).join(', ')
    throw new TypeError(`deflate has no option ${JSON.stringify(unknown)}; there are ${known}.`)
  }
  const chosen = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const resolved: DeflateOptions = { ...DEFAULT_DEFLATE_OPTIONS, ...chosen }
  checkBoolean('contextTakeover', resolved.contextTakeover)
  checkBoolean('peerContextTakeover', resolved.peerContextTakeover)
  checkInteger('maxWindowBits', resolved.maxWindowBits, MIN_COMPRESSION_WINDOW_BITS, 15)
  checkInteger('peerMaxWindowBits', resolved.peerMaxWindowBits, 8, 15)
  checkInteger('level', resolved.level, 0, 9)
  checkInteger('memLevel', resolved.memLevel, 1, 9)
  checkAtLeast('thresholdBytes', resolved.thresholdBytes, 0)
  checkAtLeast('maxInflateRatio', resolved.maxInflateRatio, 1)
  return resolved
}

function checkBoolean(name: string, value: unknown): void {
  if (typeof value !== 'boolean') throw new TypeError(`deflate.${name} must be true or false.`)
}

function checkInteger(name: string, value: number, min: number, max: number): void {
  checkNumber(name, value)
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new RangeError(`deflate.${name} must be an integer from ${min} to ${max}, not ${value}.`)
}

function checkAtLeast(name: string, value: number, min: number): void {
  checkNumber(name, value)
  if (!(value >= min)) throw new RangeError(`deflate.${name} must be at least ${min}, not ${value}.`)
}

function checkNumber(name: string, value: unknown): void {
  if (typeof value !== 'number') throw new TypeError(`deflate.${name} must be a number.`)
}
