// A room as the server's own code uses it.
import type { ChannelDefinition, EventsOf, InputOf, SignalsOf } from '@roomcast/protocol'
import type { Member, Position } from '@roomcast/protocol/wire'

/** A handle on a room; it costs nothing and may be thrown away. Nothing that the server does here is authorized again. */
export interface ServerRoom<C extends ChannelDefinition> {
  readonly name: string
  /**
   * Publishes to everyone who is subscribed, on every instance.
   * @throws {RoomcastError} `invalidData` if the data does not satisfy the contract, `unavailable` if the broker cannot
   * be reached; its `outcome` says whether it may have been applied.
   */
  publish<Name extends keyof EventsOf<C> & string>(
    event: Name,
    data: InputOf<EventsOf<C>[Name]>,
    options?: ServerPublishOptions,
  ): Promise<ServerPublished>
  /** Sends a signal: at most once, not stored. */
  signal<Name extends keyof SignalsOf<C> & string>(
    signal: Name,
    data: InputOf<SignalsOf<C>[Name]>,
  ): Promise<void>
  /** Who is in the room. */
  members(): Promise<readonly Member[]>
}

/** Options of a publish by the server. */
export interface ServerPublishOptions {
  /**
   * A publish with an id that was used within the dedupe window is applied once, so that a job may retry.
   * @default a random id
   */
  readonly id?: string
}

/** The result of a publish by the server. */
export interface ServerPublished {
  readonly id: string
  readonly position: Position
  /** Whether this id had been published before. */
  readonly duplicate: boolean
}
