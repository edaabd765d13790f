import { describe, expect, it } from 'vitest'
import { hex, utf8 } from '../../testing/websocket/hex.ts'
import type { FrameHeader } from './frame-header.ts'
import { MessageAssembler } from './message-assembler.ts'
import { Opcode } from './opcode.ts'

const header = (opcode: Opcode, payloadBytes: number, isFinal = true): FrameHeader => ({
  opcode,
  payloadBytes,
  isFinal,
  isCompressed: false,
  maskKey: undefined,
})

describe('MessageAssembler', () => {
  it('does not copy a message that comes in one piece', () => {
    const assembler = new MessageAssembler({ maxMessageBytes: 10, maxFragments: 1 })
    const piece = hex('ff00')
    assembler.begin(header(Opcode.binary, 2))
    const event = assembler.push(piece, true)
    expect(event).toEqual({ type: 'message', isText: false, isCompressed: false, data: piece })
    expect(event !== undefined && 'data' in event && event.data).toBe(piece)
  })

  it('judges what is declared, not what has arrived', () => {
    const assembler = new MessageAssembler({ maxMessageBytes: 10, maxFragments: 5 })
    expect(assembler.begin(header(Opcode.text, 10, false))).toBeUndefined()
    expect(assembler.begin(header(Opcode.continuation, 1))).toMatchObject({ closeCode: 1009 })
  })

  it('counts limits anew for each message', () => {
    const assembler = new MessageAssembler({ maxMessageBytes: 2, maxFragments: 1 })
    for (let round = 0; round < 3; round++) {
      expect(assembler.begin(header(Opcode.text, 2))).toBeUndefined()
      expect(assembler.push(utf8('ab'), true)).toMatchObject({ type: 'message' })
      expect(assembler.isOpen).toBe(false)
    }
  })

  it('takes 131 000 fragments of one byte in linear time and memory', () => {
    const assembler = new MessageAssembler({ maxMessageBytes: Infinity, maxFragments: Infinity })
    assembler.begin(header(Opcode.binary, 0, false))
    for (let index = 0; index < 131_000; index++) {
      assembler.begin(header(Opcode.continuation, 1, false))
      assembler.push(Uint8Array.of(index), false)
    }
    assembler.begin(header(Opcode.continuation, 0))
    const event = assembler.push(new Uint8Array(0), true)
    if (event === undefined || !('data' in event)) throw new Error('no message')
    expect(event.data).toHaveLength(131_000)
    expect(event.data.buffer.byteLength).toBeLessThanOrEqual(2 * 131_000)
  })
})
