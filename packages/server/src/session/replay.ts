// How much of a room's history is sent at once.
import type { StoredPublication } from '../broker/broker.ts'

/** About what an envelope adds to its data. */
const ENVELOPE_LENGTH = 250

/**
 * The first of some publications, at least one. The rest is sent when the client has read these, so that a long absence costs
 * the server no more memory than a short one.
 */
export function firstPage(
  items: readonly StoredPublication[],
  maxBytes: number,
): readonly StoredPublication[] {
  let bytes = 0
  const end = items.findIndex(({ json }) => (bytes += json.length + ENVELOPE_LENGTH) > maxBytes)
  return end === -1 ? items : items.slice(0, Math.max(1, end))
}
