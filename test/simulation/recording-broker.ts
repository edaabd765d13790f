// A broker that notes what it really appends, so that a run can be judged against the truth; and bugs to plant in it.
import type {
  Broker,
  BrokerHandler,
  Draft,
  Published,
  PublishOptions,
  ReadRequest,
  Retention,
  Signal,
  StreamSlice,
} from '@roomcast/server'
import type { AppendRecord } from './checker.ts'

/** Bugs that the checker must find. */
export type PlantedBug =
  /** Retries are applied again. */
  | 'broker-dedupe-off'
  /** The first missed publication is left out of a recovery. */
  | 'recovery-off-by-one'
  /** The SDK forgets which ids it has shown. */
  | 'client-dedupe-off'

/** Passes everything on to another broker. */
export class RecordingBroker implements Broker {
  readonly #inner: Broker
  readonly #appends: AppendRecord[]
  readonly #bug: PlantedBug | undefined

  constructor(inner: Broker, appends: AppendRecord[], bug?: PlantedBug) {
    this.#inner = inner
    this.#appends = appends
    this.#bug = bug
  }

  async publish(room: string, draft: Draft, options: PublishOptions): Promise<Published> {
    const dedupeWindowMs = this.#bug === 'broker-dedupe-off' ? 0 : options.dedupeWindowMs
    const published = await this.#inner.publish(room, draft, { ...options, dedupeWindowMs })
    if (!published.duplicate) {
      const { epoch, offset } = published.position
      const { key } = JSON.parse(draft.json) as { key: string }
      this.#appends.push({ key, id: draft.id, room, epoch, offset })
    }
    return published
  }

  async read(room: string, request: ReadRequest, retention: Retention): Promise<StreamSlice> {
    const slice = await this.#inner.read(room, request, retention)
    const [first, ...rest] = slice.items
    if (this.#bug !== 'recovery-off-by-one' || !('since' in request) || !first) return slice
    return { ...slice, base: { epoch: slice.base.epoch, offset: first.offset, tag: first.tag }, items: rest }
  }

  start(handler: BrokerHandler): void {
    this.#inner.start(handler)
  }

  subscribe(room: string): Promise<void> {
    return this.#inner.subscribe(room)
  }

  unsubscribe(room: string): Promise<void> {
    return this.#inner.unsubscribe(room)
  }

  signal(room: string, signal: Signal): Promise<void> {
    return this.#inner.signal(room, signal)
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
