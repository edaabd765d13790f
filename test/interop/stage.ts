// One client and one server, with what stands between them: where the checks of a row are carried out.
import { randomUUID } from 'node:crypto'
import type { WebSocketCloseEvent } from '@roomcast/server/websocket'
import type { ClientPeer, Lacks } from './peer.ts'
import type { OwnServer } from './servers/own-server.ts'
import type { Outcome, Task } from './task.ts'
import { within } from './waiting.ts'
import type { Recording, WireTap } from './wire/wire-tap.ts'

/** How long one connection may take in milliseconds, on a machine that has other things to do. */
const TASK_TIMEOUT_MS = 60_000

/** What a row is made of. */
export interface StageParts {
  readonly client: ClientPeer
  /** What client, server and proxy cannot do, together. */
  readonly lacks: Lacks
  /** Records what arrives at the server. */
  readonly tap: WireTap
  /** Where the client connects to: the tap, or the proxy before it. */
  readonly port: number
  /** The same for TLS, which the tap does not see. */
  readonly securePort: number
  /** The server, if it is ours. */
  readonly own?: OwnServer
  /** Ways that lead over HTTP/2, if there are. */
  readonly http2?: Http2Ways
}

/** How HTTP/2 is part of a way to our server. */
export interface Http2Ways {
  /** The client, which may be another, speaks HTTP/2 over TLS to this port. */
  readonly front?: { readonly client: ClientPeer; readonly port: number }
  /** The proxy at this port speaks HTTP/2 to our server. */
  readonly backend?: { readonly port: number }
}

/** A task without what the stage knows best. */
export interface StageTask extends Partial<Omit<Task, 'url'>> {
  /** @default '/echo' */
  readonly path?: string
  readonly query?: Readonly<Record<string, string>>
  /** Whether to use TLS. */
  readonly isSecure?: boolean
  /** Which part of the way leads over HTTP/2. @default none */
  readonly http2?: keyof Http2Ways
}

/** A connection that is over. */
export interface Seen {
  readonly outcome: Outcome
  /** What was on the wire; only without TLS. */
  readonly wire: Recording
  /** How it ended for our server's application; undefined if the server is not ours. */
  readonly serverEvent: () => Promise<WebSocketCloseEvent | undefined>
}

export class Stage implements AsyncDisposable {
  readonly lacks: Lacks
  readonly own: OwnServer | undefined
  readonly #parts: StageParts
  readonly #dispose: () => Promise<void>

  constructor(parts: StageParts, dispose: () => Promise<void>) {
    this.lacks = parts.lacks
    this.own = parts.own
    this.#parts = parts
    this.#dispose = dispose
  }

  /** Has the client do a task; rejects if no connection came about or it did not end. */
  async run({ path = '/echo', query = {}, isSecure = false, http2, ...task }: StageTask): Promise<Seen> {
    const { tap, own } = this.#parts
    const { client, origin } = this.#wayOf(isSecure, http2)
    const id = randomUUID()
    const url = new URL(path, origin)
    url.search = new URLSearchParams({ id, ...query }).toString()
    const defaults = { protocols: [], deflate: false, messages: [], ping: false }
    const running = client.run({ ...defaults, ...task, url: url.href })
    const outcome = await within(TASK_TIMEOUT_MS, 'the client is done', running)
    return {
      outcome,
      get wire() {
        return tap.recording(id)
      },
      serverEvent: async () => own?.closed(id),
    }
  }

  #wayOf(isSecure: boolean, part: keyof Http2Ways | undefined): { client: ClientPeer; origin: string } {
    const { client, port, securePort, http2 } = this.#parts
    if (part === 'front')
      return { client: http2!.front!.client, origin: `wss://127.0.0.1:${http2!.front!.port}` }
    if (part === 'backend') return { client, origin: `ws://127.0.0.1:${http2!.backend!.port}` }
    return { client, origin: isSecure ? `wss://127.0.0.1:${securePort}` : `ws://127.0.0.1:${port}` }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#dispose()
  }
}
