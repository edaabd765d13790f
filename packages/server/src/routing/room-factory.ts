// Makes the handles by which the server's own code uses rooms: validation, then the broker.
import type { ChannelDefinition, Schema } from '@roomcast/protocol'
import { RoomcastError, type Member } from '@roomcast/protocol/wire'
import type { Broker, Draft } from '../broker/broker.ts'
import type { PresenceStore } from '../presence/presence-store.ts'
import { randomId, type Random } from '../random.ts'
import { ownValue } from '../util/own-value.ts'
import type { Route } from './channel-router.ts'
import type { ServerPublished, ServerPublishOptions, ServerRoom } from './server-room.ts'
import { parseData } from './parse-data.ts'

/** What room handles stand on. */
export interface RoomFactoryOptions {
  readonly broker: Broker
  readonly presence: PresenceStore
  readonly random: Random
  readonly dedupeWindowMs: number
}

/** Makes handles. */
export class RoomFactory {
  readonly #options: RoomFactoryOptions

  constructor(options: RoomFactoryOptions) {
    this.#options = options
  }

  /** Publishes one thing to rooms of one channel, under one id. */
  async publishToAll(
    routes: readonly Route[],
    event: string,
    data: unknown,
    options: ServerPublishOptions = {},
  ): Promise<readonly PromiseSettledResult<ServerPublished>[]> {
    const [first] = routes
    if (first === undefined) return []
    const json = encode(first.definition.events, 'event', event, data)
    const { random } = this.#options
    const draft = { id: options.id ?? randomId(random, 16), event, from: undefined, json }
    return Promise.allSettled(
      routes.map(({ room, definition }) => append(room, definition, draft, this.#options)),
    )
  }

  create({ room, definition }: Route): ServerRoom<ChannelDefinition> {
    return new RoomHandle(room, definition, this.#options)
  }
}

/** See {@link ServerRoom}. One is made for every question to the application, so it has methods and no closures. */
class RoomHandle implements ServerRoom<ChannelDefinition> {
  readonly name: string
  readonly #definition: ChannelDefinition
  readonly #options: RoomFactoryOptions

  constructor(name: string, definition: ChannelDefinition, options: RoomFactoryOptions) {
    this.name = name
    this.#definition = definition
    this.#options = options
  }

  async publish(event: string, data: unknown, options: ServerPublishOptions = {}): Promise<ServerPublished> {
    const json = encode(this.#definition.events, 'event', event, data)
    const draft = { id: options.id ?? randomId(this.#options.random, 16), event, from: undefined, json }
    return append(this.name, this.#definition, draft, this.#options)
  }

  async signal(signal: string, data: unknown): Promise<void> {
    const json = encode(this.#definition.signals, 'signal', signal, data)
    await this.#options.broker.signal(this.name, { signal, from: undefined, json })
  }

  async members(): Promise<readonly Member[]> {
    return (await this.#options.presence.snapshot(this.name)).members
  }
}

async function append(
  room: string,
  { history }: ChannelDefinition,
  draft: Draft,
  { broker, dedupeWindowMs }: RoomFactoryOptions,
): Promise<ServerPublished> {
  return {
    id: draft.id,
    ...(await broker.publish(room, draft, { retention: history ?? null, dedupeWindowMs })),
  }
}

/** Validates data that the server's own code sends. A mistake there is thrown, where a client's is answered. */
function encode(
  schemas: Readonly<Record<string, Schema>> | undefined,
  kind: string,
  name: string,
  data: unknown,
): string {
  const schema = ownValue(schemas, name)
  if (!schema) throw new RoomcastError('unknownEvent', `The channel does not declare the ${kind} "${name}".`)
  const parsed = parseData(schema, data)
  if (!parsed.ok) {
    const [first] = parsed.issues
    const where = first?.path.length ? ` at ${first.path.join('.')}` : ''
    throw new RoomcastError(
      'invalidData',
      `The data of ${kind} "${name}" is not valid${where}: ${first?.message ?? ''}`,
      {
        data: { issues: parsed.issues },
      },
    )
  }
  return parsed.json
}
