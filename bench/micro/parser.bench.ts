// Bytes to messages, in the protocol machine: message by message, and whole ones many at a time.
import { WebSocketProtocol } from '../../packages/server/src/websocket/protocol/websocket-protocol.ts'
import { expectCount, needMethod, type MicroCase, type Run } from './case.ts'
import { inChunks, textFragments, textFrame, textFrames } from './frames.ts'

const KIB = 1024
const MIB = KIB * KIB
const CHUNK_BYTES = 64 * KIB

const createProtocol = (): WebSocketProtocol =>
  new WebSocketProtocol({ role: 'server', limits: { maxMessageBytes: 2 * MIB, maxFragments: Infinity } })

/** Reads chunks to their end by events. */
function byEvents(chunks: readonly Uint8Array[], messages: number): Run {
  const protocol = createProtocol()
  return () => {
    for (const chunk of chunks) protocol.receive(chunk)
    expectCount('messages', protocol.takeEvents().length, messages)
  }
}

/** Reads a chunk of whole messages by the table of the kernel. */
function byTable(chunk: Uint8Array, messages: number): Run {
  const protocol = createProtocol()
  needMethod(protocol, 'readWhole')
  return () => {
    protocol.push(chunk)
    let read = 0
    while (protocol.hasUnread) read += protocol.readWhole(Infinity)
    protocol.release()
    expectCount('messages', read, messages)
  }
}

const counts = [1, 64]
const sizes = [32, 128, KIB]

const singles = counts.flatMap((count) =>
  sizes.map((bytes) => ({ name: `${count} × ${bytes} B`, count, bytes })),
)

export const cases: readonly MicroCase[] = [
  ...singles.map(({ name, count, bytes }) => ({
    name,
    unit: 'message',
    units: count,
    prepare: () => byEvents([textFrames(count, bytes)], count),
  })),
  ...singles.map(({ name, count, bytes }) => ({
    name: `${name}, whole`,
    unit: 'message',
    units: count,
    prepare: () => byTable(textFrames(count, bytes), count),
  })),
  {
    name: '16 fragments of 64 B',
    unit: 'fragment',
    units: 16,
    prepare: () => byEvents([textFragments(16, 64)], 1),
  },
  {
    name: '1 MiB in chunks of 64 KiB',
    unit: 'message',
    units: 1,
    prepare: () => byEvents(inChunks(textFrame(MIB), CHUNK_BYTES), 1),
  },
]
