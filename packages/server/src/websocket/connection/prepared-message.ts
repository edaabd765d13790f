// Messages that are framed once and sent to any number of connections.
import { encodedHeaderBytes, encodeHeader } from '../protocol/frame-header.ts'
import { Opcode } from '../protocol/opcode.ts'

/** The bytes of one server frame, which nobody may change. Servers do not mask, so all connections share them. */
export interface PreparedMessage {
  readonly frame: Uint8Array
}

/** Frames a message: a string becomes a text message, bytes a binary one. The bytes are copied. */
export function prepareMessage(data: string | Uint8Array): PreparedMessage {
  return { frame: typeof data === 'string' ? frameText(data) : frameBytes(data) }
}

// `allocUnsafe` is overwritten to its last byte in both: header, then exactly the payload that it was sized for.

function frameText(text: string): Uint8Array {
  const payloadBytes = Buffer.byteLength(text)
  const headerLength = encodedHeaderBytes(payloadBytes, false)
  const frame = Buffer.allocUnsafe(headerLength + payloadBytes)
  encodeHeader(frame, { isFinal: true, opcode: Opcode.text, payloadBytes, maskKey: undefined })
  frame.write(text, headerLength)
  return frame
}

function frameBytes(bytes: Uint8Array): Uint8Array {
  const payloadBytes = bytes.length
  const headerLength = encodedHeaderBytes(payloadBytes, false)
  const frame = Buffer.allocUnsafe(headerLength + payloadBytes)
  encodeHeader(frame, { isFinal: true, opcode: Opcode.binary, payloadBytes, maskKey: undefined })
  frame.set(bytes, headerLength)
  return frame
}
