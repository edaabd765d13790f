// Checks a contract when it is defined, so that a mistake in it is found at start-up and names its place.
import { toJSONSchema } from 'zod'
import { isErrorCode } from '../codes/error-codes.ts'
import { MAX_ID_LENGTH } from '../limits.ts'
import { ChannelPattern } from './channel-pattern.ts'
import type { ChannelDefinition, Contract, HistoryDefinition, Schema } from './contract.ts'
import type { CheckedContract } from './json-value.ts'

/** A contract that does not make sense. The message says where and what to do. */
export class ContractError extends Error {
  override readonly name = 'ContractError'
}

const NAME = /^[A-Za-z][A-Za-z0-9._-]*$/

/**
 * Defines the channels of an application. Both ends take their types from it; the server checks all data against it.
 *
 * @throws {ContractError} if a pattern is not valid, two patterns can match one name, a name is used twice, or the
 * output of a schema cannot travel as JSON.
 * @example
 * export const contract = defineContract({
 *   version: 1,
 *   channels: {
 *     'chat:{roomId}': {
 *       events: { message: z.object({ text: z.string().max(2000) }) },
 *       signals: { typing: z.object({ on: z.boolean() }) },
 *       history: { maxItems: 500, ttlMs: 300_000 },
 *     },
 *   },
 * })
 * type Inferred = typeof contract
 * export interface AppContract extends Inferred {}
 */
export function defineContract<const T extends Contract>(contract: T & CheckedContract<T>): T {
  if (!Number.isInteger(contract.version) || contract.version < 1) {
    throw new ContractError('`version` must be a positive integer.')
  }
  const channels = Object.entries<ChannelDefinition>(contract.channels)
  if (channels.length === 0) throw new ContractError('A contract needs at least one channel.')
  const patterns = channels.map(([source]) => parsePattern(source))
  for (const [index, pattern] of patterns.entries()) {
    const twin = patterns.slice(0, index).find((other) => other.overlaps(pattern))
    if (twin) {
      throw new ContractError(
        `The channels "${twin.source}" and "${pattern.source}" can match the same room; make a literal segment differ.`,
      )
    }
    checkChannel(pattern, contract.channels[pattern.source]!)
  }
  return contract
}

function parsePattern(source: string): ChannelPattern {
  try {
    return new ChannelPattern(source)
  } catch (cause) {
    throw new ContractError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function checkChannel(pattern: ChannelPattern, channel: ChannelDefinition): void {
  const place = `Channel "${pattern.source}"`
  if (channel.params) checkParams(place, pattern, channel.params._zod.def.shape)
  if (channel.history) checkHistory(place, channel.history)
  checkNames(place, channel)
  for (const [name, schema] of Object.entries(channel.events ?? {}))
    checkJson(`${place}, event "${name}"`, schema)
  for (const [name, schema] of Object.entries(channel.signals ?? {}))
    checkJson(`${place}, signal "${name}"`, schema)
  if (channel.presence) checkJson(`${place}, presence`, channel.presence)
  for (const [name, call] of Object.entries(channel.calls ?? {})) {
    if (call.output) checkJson(`${place}, output of call "${name}"`, call.output)
    for (const [code, schema] of Object.entries(call.errors ?? {})) {
      if (isErrorCode(code)) {
        throw new ContractError(
          `${place}, call "${name}": the error code "${code}" is Roomcast's own; choose another.`,
        )
      }
      checkJson(`${place}, error "${code}" of call "${name}"`, schema)
    }
  }
}

function checkParams(place: string, pattern: ChannelPattern, shape: object): void {
  const declared = Object.keys(shape).sort().join(', ')
  const used = [...pattern.params].sort().join(', ')
  if (declared !== used) {
    throw new ContractError(`${place}: \`params\` declares {${declared}}, but the pattern has {${used}}.`)
  }
}

function checkHistory(place: string, { maxItems, ttlMs }: HistoryDefinition): void {
  if (!Number.isInteger(maxItems) || maxItems < 1 || maxItems > 100_000) {
    throw new ContractError(`${place}: \`history.maxItems\` must be an integer from 1 to 100000.`)
  }
  if (!Number.isFinite(ttlMs) || ttlMs < 1000) {
    throw new ContractError(`${place}: \`history.ttlMs\` must be at least 1000 milliseconds.`)
  }
}

function checkNames(place: string, { events = {}, signals = {}, calls = {} }: ChannelDefinition): void {
  for (const name of [...Object.keys(events), ...Object.keys(signals), ...Object.keys(calls)]) {
    if (!NAME.test(name) || name.length > MAX_ID_LENGTH) {
      throw new ContractError(
        `${place}: the name "${name}" must begin with a letter and hold only letters, digits, "." "_" "-", at most ${MAX_ID_LENGTH} characters.`,
      )
    }
  }
  const both = Object.keys(events).find((name) => Object.hasOwn(signals, name))
  if (both !== undefined)
    throw new ContractError(`${place}: "${both}" is both an event and a signal; rename one.`)
}

/** zod can say what a schema's output looks like in JSON exactly if it can travel as JSON. */
function checkJson(place: string, schema: Schema): void {
  try {
    toJSONSchema(schema, { io: 'output' })
  } catch (cause) {
    const reason = cause instanceof Error ? ` (${cause.message})` : ''
    throw new ContractError(`${place}: the output must be JSON${reason}.`, { cause })
  }
}
