// From what an application says about compression to what does it.
import type { Clock } from '../../clock.ts'
import type { WebSocketLimits } from '../websocket-limits.ts'
import { DeflateEndpoint } from './deflate-endpoint.ts'
import { resolveDeflateOptions, type DeflateOptions } from './deflate-options.ts'

/**
 * Compression for a server, or undefined if it is not wanted.
 *
 * @throws {TypeError | RangeError} if an option makes no sense.
 */
export function createDeflateEndpoint(
  deflate: boolean | Partial<DeflateOptions> = false,
  { maxMessageBytes }: Pick<WebSocketLimits, 'maxMessageBytes'>,
  clock: Clock,
): DeflateEndpoint | undefined {
  if (deflate === false) return undefined
  return new DeflateEndpoint({
    role: 'server',
    options: resolveDeflateOptions(deflate),
    maxMessageBytes,
    clock,
  })
}
