import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createEndpoint, feed } from '../../testing/websocket/endpoint.ts'
import { utf8 } from '../../testing/websocket/hex.ts'
import { encodeFrame } from './frame-writer.ts'
import { Opcode } from './opcode.ts'
import type { ProtocolEvent } from './protocol-event.ts'
import { isWireCode } from './close-payload.ts'

const maskKey = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const message = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 150 }).map((text) => ({ isText: true, data: utf8(text) })),
  fc.uint8Array({ maxLength: 300 }).map((data) => ({ isText: false, data })),
)

interface Fragmented {
  readonly isText: boolean
  readonly data: Uint8Array
  readonly cuts: readonly number[]
  readonly maskKey: number
}

/** A message as a client may send it: cut anywhere, with a ping after each cut. */
function writeFragments({ isText, data, cuts, maskKey }: Fragmented): Uint8Array[] {
  const ends = [...cuts.map((cut) => cut % (data.length + 1)), data.length].sort((a, b) => a - b)
  return ends.flatMap((end, index) => {
    const opcode = index > 0 ? Opcode.continuation : isText ? Opcode.text : Opcode.binary
    const isFinal = index === ends.length - 1
    const frame = encodeFrame(opcode, data.subarray(ends[index - 1] ?? 0, end), { isFinal, maskKey })
    return isFinal ? [frame] : [frame, encodeFrame(Opcode.ping, new Uint8Array(0), { maskKey })]
  })
}

describe('the protocol machine, for any input', () => {
  it('reads back what was written, under any fragmentation and chunking', () => {
    const fragmented = fc.tuple(message, fc.array(fc.nat(400), { maxLength: 5 }), maskKey)
    fc.assert(
      fc.property(
        fc.array(fragmented, { maxLength: 6 }),
        fc.integer({ min: 1, max: 700 }),
        (list, chunkBytes) => {
          const input = list.flatMap(([value, cuts, key]) => writeFragments({ ...value, cuts, maskKey: key }))
          const { events } = feed(createEndpoint(), Buffer.concat(input), chunkBytes)
          const expected = list.map(([value]): ProtocolEvent => ({
            type: 'message',
            isCompressed: false,
            ...value,
          }))
          expect(events.filter(({ type }) => type !== 'ping')).toEqual(expected)
        },
      ),
      { numRuns: 500 },
    )
  })

  it('carries messages between two machines both ways', () => {
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.integer({ min: 1, max: 400 }),
        (messages, sliceBytes) => {
          for (const [from, to] of [
            ['client', 'server'],
            ['server', 'client'],
          ] as const) {
            const [sender, receiver] = [createEndpoint(from), createEndpoint(to)]
            for (const { data, isText } of messages) sender.sendMessage(data, { isText })
            sender.close(4000, 'done')
            while (sender.outputBytes > 0) receiver.receive(Buffer.concat(sender.takeOutput(sliceBytes)))
            receiver.conclude()
            const closed = { type: 'closed', code: 4000, reason: 'done', wasClean: true }
            expect(
              receiver
                .takeEvents()
                .filter(({ type }) => type !== 'ending')
                .map((event) => ('data' in event ? { ...event, data: Uint8Array.from(event.data) } : event)),
            ).toEqual([
              ...messages.map((value) => ({ type: 'message', isCompressed: false, ...value })),
              closed,
            ])
          }
        },
      ),
    )
  })

  it('turns any soup of bytes into events or one documented failure, the same in any chunks, and never throws', () => {
    // Frames with random headers go further than random bytes, most of which fail in the first two.
    const frame = fc
      .tuple(fc.nat(255), fc.nat(255), fc.uint8Array({ maxLength: 140 }))
      .map(([first, second, rest]) => Uint8Array.of(first & 0x8f, second | 0x80, ...rest))
    const soup = fc.array(fc.oneof(frame, fc.uint8Array({ maxLength: 20 })), { maxLength: 10 })
    fc.assert(
      fc.property(soup, fc.integer({ min: 1, max: 50 }), (parts, chunkBytes) => {
        const input = Buffer.concat(parts)
        const server = createEndpoint()
        const { events, output } = feed(server, input)
        const chopped = feed(createEndpoint(), input, chunkBytes)
        expect(chopped.events).toEqual(events)
        const ends = events.filter((event) => event.type === 'closed')
        expect(ends.length).toBeLessThanOrEqual(1)
        const [end] = ends
        if (end === undefined) {
          expect(server.state).toBe('open')
          return
        }
        expect(events.at(-1)).toBe(end)
        expect(end.code === 1005 || isWireCode(end.code)).toBe(true)
        expect(output).toContain('88')
      }),
      { numRuns: 3000 },
    )
  })
})
