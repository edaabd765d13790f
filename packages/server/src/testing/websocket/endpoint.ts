// Drives one protocol machine in tests: every input is also fed one byte at a time, which must change nothing.
import { expect } from 'vitest'
import { type FrameOptions, encodeFrame } from '../../websocket/protocol/frame-writer.ts'
import type { MessageLimits } from '../../websocket/protocol/message-assembler.ts'
import type { Opcode } from '../../websocket/protocol/opcode.ts'
import type { Role } from '../../websocket/protocol/frame-header.ts'
import type { ProtocolEvent } from '../../websocket/protocol/protocol-event.ts'
import { WebSocketProtocol } from '../../websocket/protocol/websocket-protocol.ts'
import { toHex } from './hex.ts'

/** An arbitrary masking key: the one of the examples in RFC 6455 §5.7. */
export const MASK_KEY = 0x37fa213d

const LIMITS: MessageLimits = { maxMessageBytes: 1024, maxFragments: 8 }

export function createEndpoint(
  role: Role = 'server',
  limits: Partial<MessageLimits> = {},
): WebSocketProtocol {
  return new WebSocketProtocol({ role, limits: { ...LIMITS, ...limits }, generateMask: () => MASK_KEY })
}

/** A frame as a client sends it. */
export function clientFrame(opcode: Opcode, payload: Uint8Array, options: FrameOptions = {}): Uint8Array {
  return encodeFrame(opcode, payload, { maskKey: MASK_KEY, ...options })
}

/** What a machine did about its input. */
export interface Outcome {
  readonly events: readonly ProtocolEvent[]
  /** Everything that it sent, as hex digits. */
  readonly output: string
}

/**
 * Feeds a copy of `input`, since machines unmask in place, in chunks of at most `chunkBytes`. If the peer says its last
 * word in it, that is answered at once.
 */
export function feed(endpoint: WebSocketProtocol, input: Uint8Array, chunkBytes = Infinity): Outcome {
  const copy = Uint8Array.from(input)
  for (let offset = 0; offset < copy.length; offset += chunkBytes) {
    endpoint.receive(copy.subarray(offset, Math.min(copy.length, offset + chunkBytes)))
  }
  endpoint.conclude()
  const events = endpoint
    .takeEvents()
    .filter(({ type }) => type !== 'ending')
    .map((event) => ('data' in event ? { ...event, data: Uint8Array.from(event.data) } : event))
  return { events, output: toHex(Buffer.concat(endpoint.takeOutput())) }
}

/** What a fresh endpoint does about `input`, the same whole and byte by byte. */
export function react(input: Uint8Array, create: () => WebSocketProtocol = createEndpoint): Outcome {
  const whole = feed(create(), input)
  expect(feed(create(), input, 1)).toEqual(whole)
  return whole
}
