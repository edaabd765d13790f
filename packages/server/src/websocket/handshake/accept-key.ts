// The proof that a server speaks WebSocket: a hash of the client's key.
import { hash } from 'node:crypto'

/** What RFC 6455 §1.3 appends to the key, so that only who knows the protocol can answer. */
const ACCEPT_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** The value of Sec-WebSocket-Accept for a key. */
export function acceptKey(key: string): string {
  return hash('sha1', key + ACCEPT_GUID, 'base64')
}
