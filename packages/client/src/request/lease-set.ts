// Who needs something that is shared. The first lease begins it; when the last one is released it lingers for a moment,
// because a component that is unmounted is often mounted again at once.
import type { RoomcastError } from '@roomcast/protocol/wire'
import { Alarm, type Clock } from '../clock.ts'

interface Holder {
  isWaiting: boolean
  /** Gives the lease. */
  grant(): void
  /** Ends the lease; who still waits for it is told why. */
  refuse(error: RoomcastError): void
}

/** Cancels a lease, in time or not. */
export interface LeaseOptions {
  /** Releases the lease when aborted; while the lease is still being acquired its promise rejects with the reason. */
  readonly signal?: AbortSignal
}

/** The leases of one shared thing. */
export class LeaseSet {
  readonly #lingerMs: number
  readonly #end: () => void
  readonly #holders = new Set<Holder>()
  readonly #linger: Alarm

  /** `end` is called when the last lease was released and none was taken for as long as it lingered. */
  constructor(clock: Clock, lingerMs: number, end: () => void) {
    this.#linger = new Alarm(clock)
    this.#lingerMs = lingerMs
    this.#end = end
  }

  /** Whether a lease is held, or the last one was released just now. */
  get isActive(): boolean {
    return this.#holders.size > 0 || this.#linger.isSet
  }

  /** Takes a lease. Resolves with what releases it when `ready` is called. */
  add({ signal }: LeaseOptions): Promise<() => void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const remove = (): boolean => {
        signal?.removeEventListener('abort', abort)
        return this.#holders.delete(holder)
      }
      const release = (): void => {
        if (remove() && this.#holders.size === 0) this.#linger.set(this.#lingerMs, this.#end)
      }
      const abort = (): void => {
        reject(signal?.reason as Error)
        release()
      }
      const holder: Holder = {
        isWaiting: true,
        grant() {
          holder.isWaiting = false
          resolve(release)
        },
        refuse(error) {
          remove()
          reject(error)
        },
      }
      signal?.addEventListener('abort', abort)
      this.#linger.cancel()
      this.#holders.add(holder)
    })
  }

  /** The shared thing is there: those who wait get their lease. */
  ready(): void {
    for (const holder of this.#holders) holder.grant()
  }

  /** Turns away those who still wait. Those who have their lease keep it; if there are none, nothing lingers. */
  turnAway(error: RoomcastError): void {
    for (const holder of this.#holders) if (holder.isWaiting) holder.refuse(error)
    if (this.#holders.size > 0) return
    this.#linger.cancel()
    this.#end()
  }

  /** Ends all leases, because there is nothing to hold any more. */
  clear(error: RoomcastError): void {
    this.#linger.cancel()
    for (const holder of this.#holders) holder.refuse(error)
  }
}
