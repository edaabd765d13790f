// Whether clients that were built with one contract can live with another: what is sent to them they must be able to read, and what they
// send must still be accepted.
import type {
  ChannelDescription,
  CallDescription,
  ContractDescription,
  DataDescription,
} from './describe-contract.ts'
import type { JsonSchema } from './json-schema.ts'
import { includesSchema } from './schema-inclusion.ts'

/** One difference that clients may notice. */
export interface ContractChange {
  /** Where, such as `chat:{roomId} › event message`. */
  readonly place: string
  readonly message: string
  /** Whether clients that were built with the contract before may break. */
  readonly isBreaking: boolean
}

/** What a newer contract changes for clients of an older one, in the order of the channels. */
export function compareContracts(before: ContractDescription, after: ContractDescription): ContractChange[] {
  return compareEach('', before.channels, after.channels, 'channel', compareChannels)
}

function compareChannels(
  place: string,
  before: ChannelDescription,
  after: ChannelDescription,
): ContractChange[] {
  return [
    ...compareEach(`${place} › event `, before.events, after.events, 'event', compareData),
    ...compareEach(`${place} › signal `, before.signals, after.signals, 'signal', compareData),
    ...compareEach(`${place} › call `, before.calls, after.calls, 'call', compareCalls),
    ...comparePresence(`${place} › presence`, before.presence, after.presence),
    ...compareHistory(`${place} › history`, before.history, after.history),
  ]
}

function compareData(place: string, before: DataDescription, after: DataDescription): ContractChange[] {
  return [
    ...compareSent(place, before.input, after.input),
    ...compareReceived(place, before.output, after.output),
  ]
}

function compareCalls(place: string, before: CallDescription, after: CallDescription): ContractChange[] {
  return [
    ...compareSent(place, before.input ?? NOTHING, after.input ?? NOTHING),
    ...compareReceived(place, before.output ?? NOTHING, after.output ?? NOTHING),
    // A client that does not know an error still sees that the call failed.
    ...compareEach(`${place} › error `, before.errors, after.errors, 'error', compareReceived),
  ]
}

/** What a call without input is sent, and one without output answers. */
const NOTHING: JsonSchema = { type: 'null' }

function compareSent(place: string, before: JsonSchema, after: JsonSchema): ContractChange[] {
  if (includesSchema(after, before, { hasKnownKeysOnly: true })) return []
  return [breaking(place, 'no longer accepts everything that clients may send')]
}

function compareReceived(place: string, before: JsonSchema, after: JsonSchema): ContractChange[] {
  if (includesSchema(before, after, { ignoresUnknownKeys: true })) return []
  return [breaking(place, 'may carry what clients do not expect')]
}

function comparePresence(
  place: string,
  before: DataDescription | null,
  after: DataDescription | null,
): ContractChange[] {
  if (before && after) return compareData(place, before, after)
  if (before) return [breaking(place, 'is gone')]
  return after ? [compatible(place, 'is new')] : []
}

function compareHistory(
  place: string,
  before: ChannelDescription['history'],
  after: ChannelDescription['history'],
): ContractChange[] {
  if (before && !after) return [breaking(place, 'is gone: what clients miss is lost')]
  if (!before) return after ? [compatible(place, 'is new')] : []
  const isShorter = after!.maxItems < before.maxItems || after!.ttlMs < before.ttlMs
  return isShorter ? [compatible(place, 'is shorter')] : []
}

/** What is new does no harm, and what is gone is missed. */
function compareEach<Part>(
  prefix: string,
  before: Readonly<Record<string, Part>>,
  after: Readonly<Record<string, Part>>,
  kind: string,
  compare: (place: string, before: Part, after: Part) => ContractChange[],
): ContractChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((name) => {
    const place = `${prefix}${name}`
    if (!Object.hasOwn(after, name)) return [breaking(place, `the ${kind} is gone`)]
    if (!Object.hasOwn(before, name)) return [compatible(place, `the ${kind} is new`)]
    return compare(place, before[name]!, after[name]!)
  })
}

const breaking = (place: string, message: string): ContractChange => ({ place, message, isBreaking: true })
const compatible = (place: string, message: string): ContractChange => ({ place, message, isBreaking: false })
