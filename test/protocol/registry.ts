// All items, in the order of PROTOCOL.md.
import type { Item } from './item.ts'
import { CLOSING } from './items/closing.ts'
import { COMMANDS } from './items/commands.ts'
import { CONNECT } from './items/connect.ts'
import { CONNECTION } from './items/connection.ts'
import { DATA } from './items/data.ts'
import { EXCHANGE } from './items/exchange.ts'
import { LIMITS } from './items/limits.ts'
import { PRESENCE } from './items/presence.ts'
import { PUBLISH } from './items/publish.ts'
import { RECOVERY } from './items/recovery.ts'
import { ROOMS } from './items/rooms.ts'
import { SIGNALS_AND_CALLS } from './items/signals-and-calls.ts'
import { SUBSCRIBE } from './items/subscribe.ts'

export const ITEMS: readonly Item[] = [
  ...CONNECTION,
  ...DATA,
  ...COMMANDS,
  ...CONNECT,
  ...LIMITS,
  ...ROOMS,
  ...SUBSCRIBE,
  ...RECOVERY,
  ...PUBLISH,
  ...SIGNALS_AND_CALLS,
  ...PRESENCE,
  ...CLOSING,
  ...EXCHANGE,
]
