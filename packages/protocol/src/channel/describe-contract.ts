// A contract as plain data. Its hash tells a client that the server was deployed with another contract.
import { toJSONSchema } from 'zod'
import type { CallDefinition, ChannelDefinition, Contract, HistoryDefinition, Schema } from './contract.ts'
import type { JsonSchema } from './json-schema.ts'

/** A contract as data. */
export interface ContractDescription {
  readonly version: number
  readonly channels: Readonly<Record<string, ChannelDescription>>
}

/** What is sent, and what arrives of it. */
export interface DataDescription {
  readonly input: JsonSchema
  readonly output: JsonSchema
}

export interface ChannelDescription {
  readonly events: Readonly<Record<string, DataDescription>>
  readonly signals: Readonly<Record<string, DataDescription>>
  readonly presence: DataDescription | null
  readonly calls: Readonly<Record<string, CallDescription>>
  readonly history: HistoryDefinition | null
}

export interface CallDescription {
  /** What a caller sends; what the server makes of it may be anything. */
  readonly input: JsonSchema | null
  readonly output: JsonSchema | null
  readonly errors: Readonly<Record<string, JsonSchema>>
}

/** The contract as JSON schemas, with all keys in a fixed order. */
export function describeContract(contract: Contract): ContractDescription {
  const description: ContractDescription = {
    version: contract.version,
    channels: mapValues(contract.channels, describeChannel),
  }
  return sortKeys(description) as ContractDescription
}

function describeChannel({
  events,
  signals,
  presence,
  calls,
  history,
}: ChannelDefinition): ChannelDescription {
  return {
    events: mapValues(events ?? {}, describeData),
    signals: mapValues(signals ?? {}, describeData),
    presence: presence ? describeData(presence) : null,
    calls: mapValues(calls ?? {}, describeCall),
    history: history ?? null,
  }
}

function describeCall({ input, output, errors }: CallDefinition): CallDescription {
  return {
    input: input ? describeInput(input) : null,
    output: output ? describeOutput(output) : null,
    errors: mapValues(errors ?? {}, describeOutput),
  }
}

const describeData = (schema: Schema): DataDescription => ({
  input: describeInput(schema),
  output: describeOutput(schema),
})

const describeOutput = (schema: Schema): JsonSchema =>
  toJSONSchema(schema, { io: 'output', override: sortRequired }) as JsonSchema

/** An input may be what JSON has no word for, such as what becomes a Date. */
const describeInput = (schema: Schema): JsonSchema =>
  toJSONSchema(schema, { io: 'input', unrepresentable: 'any', override: sortRequired }) as JsonSchema

/** `required` lists keys in the order in which they were declared, which means nothing. */
function sortRequired({ jsonSchema }: { readonly jsonSchema: { readonly required?: string[] } }): void {
  jsonSchema.required?.sort()
}

function mapValues<V, R>(record: Readonly<Record<string, V>>, map: (value: V) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]))
}
