// A contract as plain data. Its hash tells a client that the server was deployed with another contract.
import { toJSONSchema } from 'zod'
import type { CallDefinition, ChannelDefinition, Contract, Schema } from './contract.ts'

/** The outputs of a contract as JSON schemas, with all keys in a fixed order. */
export function describeContract(contract: Contract): object {
  return sortKeys({
    version: contract.version,
    channels: mapValues(contract.channels, describeChannel),
  }) as object
}

function describeChannel({ events, signals, presence, calls, history }: ChannelDefinition): object {
  return {
    events: mapValues(events ?? {}, describeSchema),
    signals: mapValues(signals ?? {}, describeSchema),
    presence: presence ? describeSchema(presence) : null,
    calls: mapValues(calls ?? {}, describeCall),
    history: history ?? null,
  }
}

function describeCall({ input, output, errors }: CallDefinition): object {
  return {
    // A call's input stays on the server, where it may become a Date; what the client sends is its input side.
    input: input
      ? toJSONSchema(input, { io: 'input', unrepresentable: 'any', override: sortRequired })
      : null,
    output: output ? describeSchema(output) : null,
    errors: mapValues(errors ?? {}, describeSchema),
  }
}

const describeSchema = (schema: Schema): object =>
  toJSONSchema(schema, { io: 'output', override: sortRequired })

/** `required` lists keys in the order in which they were declared, which means nothing. */
function sortRequired({ jsonSchema }: { readonly jsonSchema: { readonly required?: string[] } }): void {
  jsonSchema.required?.sort()
}

function mapValues<V>(record: Readonly<Record<string, V>>, map: (value: V) => unknown): object {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]))
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]))
}
