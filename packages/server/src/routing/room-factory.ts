// Makes the handles by which the server's own code uses rooms: validation, then the broker.
import type { ChannelDefinition, Schema } from '@roomcast/protocol'
import { RoomcastError } from '@roomcast/protocol/wire'
import type { Broker } from '../broker/broker.ts'
import type { PresenceStore } from '../presence/presence-store.ts'
import { randomId, type Random } from '../random.ts'
import { ownValue } from '../util/own-value.ts'
import type { Route } from './channel-router.ts'
import type { ServerRoom } from './server-room.ts'
import { parseData } from './parse-data.ts'

/** What room handles stand on. */
export interface RoomFactoryOptions {
  readonly broker: Broker
  readonly presence: PresenceStore
  readonly random: Random
  readonly dedupeWindowMs: number
}

/** See {@link ServerRoom}. */
export class RoomFactory {
  readonly #options: RoomFactoryOptions

  constructor(options: RoomFactoryOptions) {
    this.#options = options
  }

  create({ room, definition }: Route): ServerRoom<ChannelDefinition> {
    const { broker, presence, random, dedupeWindowMs } = this.#options
    return {
      name: room,
      publish: async (event, data, { id = randomId(random, 16) } = {}) => {
        const json = encode(definition.events, 'event', event, data)
        const draft = { id, event, from: undefined, json }
        const retention = definition.history ?? null
        return { id, ...(await broker.publish(room, draft, { retention, dedupeWindowMs })) }
      },
      signal: async (signal, data) => {
        const json = encode(definition.signals, 'signal', signal, data)
        await broker.signal(room, { signal, from: undefined, json })
      },
      members: async () => (await presence.snapshot(room)).members,
    }
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
