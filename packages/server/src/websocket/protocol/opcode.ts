// The opcodes of RFC 6455 §5.2.

/** What a frame is. Opcodes 3 to 7 and 0xB to 0xF are reserved. */
export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const

export type Opcode = (typeof Opcode)[keyof typeof Opcode]

/** Close, ping, pong and the reserved opcodes above them: control frames have the high bit set (§5.5). */
export function isControl(opcode: number): boolean {
  return (opcode & 0x8) !== 0
}

/** Whether RFC 6455 defines the opcode. */
export function isOpcode(value: number): value is Opcode {
  return value <= Opcode.binary || (value >= Opcode.close && value <= Opcode.pong)
}

/** Whether a frame with this opcode is the first of a message. */
export function beginsMessage(opcode: number): boolean {
  return opcode === Opcode.text || opcode === Opcode.binary
}
