// What the hub needs to know of those it delivers to, so that hub and session do not know each other.
import type { Position } from '@roomcast/protocol/wire'
import type { SharedMessage } from './shared-message.ts'

/** Someone who receives a room. Methods must not throw. */
export interface Subscriber {
  /** The next publication; `at` is its place. */
  publication(at: Position, message: SharedMessage): void
  signal(message: SharedMessage): void
  /** The instance can no longer prove that the stream is whole; no more is delivered. */
  interrupted(): void
}

/** Someone who watches the presence of a room. Must not throw. */
export interface Watcher {
  presence(message: SharedMessage): void
}
