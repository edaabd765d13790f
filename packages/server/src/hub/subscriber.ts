// What the hub needs to know of those it delivers to, so that hub and session do not know each other.
import type { Position } from '@roomcast/protocol/wire'
import type { Transport } from '../transport/transport.ts'
import type { SharedMessage } from './shared-message.ts'

/** Someone who receives a room: each publication by itself until it is live, from then on what its transport is sent. */
export interface Subscriber {
  readonly transport: Transport
  /** The next publication, until it is live; `at` is its place. Must not throw. */
  publication(at: Position, message: SharedMessage): void
  /** The instance can no longer prove that the stream is whole; no more is delivered. Must not throw. */
  interrupted(): void
}

/** Someone who watches the presence of a room. Must not throw. */
export interface Watcher {
  presence(message: SharedMessage): void
}
