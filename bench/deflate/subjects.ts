// What is measured: the stack's own deflaters and inflaters, and zlib streams that live as long as a connection.
import { constants, type DeflateRaw, type InflateRaw } from 'node:zlib'
import { DEFAULT_DEFLATE_OPTIONS } from '../../packages/server/src/websocket/deflate/deflate-options.ts'
import { MessageDeflater } from '../../packages/server/src/websocket/deflate/message-deflater.ts'
import { MessageInflater } from '../../packages/server/src/websocket/deflate/message-inflater.ts'
import { ZlibPool } from '../../packages/server/src/websocket/deflate/zlib-pool.ts'

export const KIB = 1024

/** Measurements run one job after the other, so its turns need no end. */
const pool = new ZlibPool({ maxMsPerTurn: Infinity })

const agreementOf = (hasTakeover: boolean, windowBits: number) => ({
  serverNoContextTakeover: !hasTakeover,
  clientNoContextTakeover: !hasTakeover,
  serverMaxWindowBits: windowBits,
  clientMaxWindowBits: windowBits,
})

export function deflaterOf(hasTakeover: boolean, windowBits = 15): MessageDeflater {
  const options = { ...DEFAULT_DEFLATE_OPTIONS, thresholdBytes: 0 }
  return new MessageDeflater({
    agreement: agreementOf(hasTakeover, windowBits),
    role: 'server',
    options,
    pool,
  })
}

export function inflaterOf(hasTakeover: boolean, maxMessageBytes = 256 * KIB): MessageInflater {
  const agreement = agreementOf(hasTakeover, 15)
  return new MessageInflater({
    agreement,
    role: 'server',
    options: DEFAULT_DEFLATE_OPTIONS,
    maxMessageBytes,
    pool,
  })
}

/** One message through a stream. */
export async function throughStream(stream: DeflateRaw | InflateRaw, input: Uint8Array): Promise<void> {
  stream.write(input)
  await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, resolve))
}
