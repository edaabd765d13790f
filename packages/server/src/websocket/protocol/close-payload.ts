// The payload of a Close frame: a status code and a reason (RFC 6455 §5.5.1, §7.4).
import { LONGEST_CONTROL_BYTES } from './frame-header.ts'
import { protocolErrors, type WebSocketProtocolError } from './protocol-error.ts'
import { Utf8Validator } from './utf8-validator.ts'

/** What a Close frame says. Code 1005 stands for "no code", as §7.1.5 has it, and is never on the wire. */
export interface CloseInfo {
  readonly code: number
  readonly reason: string
}

/** The code of a Close frame without one (§7.1.5). */
export const NO_CODE = 1005
/** The code of a connection that ended without a Close frame (§7.1.5). */
export const ABNORMAL_CODE = 1006

const LONGEST_REASON_BYTES = LONGEST_CONTROL_BYTES - 2

/** Whether a code may be on the wire: those of §7.4.1 and of the IANA registry, and the ranges of §7.4.2. */
export function isWireCode(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014)
}

/** Reads the payload of a Close frame, or finds what is wrong with it. */
export function decodeClosePayload(payload: Uint8Array): CloseInfo | WebSocketProtocolError {
  const [high, low] = payload
  if (high === undefined) return { code: NO_CODE, reason: '' }
  if (low === undefined) return protocolErrors.closePayload
  const code = (high << 8) | low
  if (!isWireCode(code)) return protocolErrors.closeCode
  const reason = payload.subarray(2)
  const validator = new Utf8Validator()
  if (!validator.push(reason) || !validator.isComplete) return protocolErrors.invalidText
  return { code, reason: new TextDecoder('utf-8', { ignoreBOM: true }).decode(reason) }
}

/**
 * Writes the payload of a Close frame; code 1005 gives an empty one.
 *
 * @throws RangeError for a reason of more than 123 bytes.
 */
export function encodeClosePayload({ code, reason }: CloseInfo): Uint8Array {
  if (code === NO_CODE) return new Uint8Array(0)
  const encodedReason = new TextEncoder().encode(reason)
  if (encodedReason.length > LONGEST_REASON_BYTES) {
    throw new RangeError(`a close reason has at most ${LONGEST_REASON_BYTES} bytes`)
  }
  const payload = new Uint8Array(2 + encodedReason.length)
  payload[0] = code >>> 8
  payload[1] = code
  payload.set(encodedReason, 2)
  return payload
}

/**
 * Guards what an application asks to close with.
 *
 * @throws RangeError for a code that an endpoint must not send, or a reason of more than 123 bytes.
 * @throws TypeError for a reason that is no string.
 */
export function assertClosable(code = 1000, reason = ''): void {
  // 1010 is how a client says that the server refused its extensions.
  if (!Number.isInteger(code) || !isWireCode(code) || code === 1010) {
    throw new RangeError(`${code} is not a close code that may be sent`)
  }
  if (typeof reason !== 'string') throw new TypeError('a close reason is a string')
  encodeClosePayload({ code, reason })
}
