// The public face for applications and servers. What a browser needs at run time is in `./wire`, without zod.

// Contracts
export { defineContract, ContractError } from './channel/define-contract.ts'
export { describeContract } from './channel/describe-contract.ts'
export type {
  CallDescription,
  ChannelDescription,
  ContractDescription,
  DataDescription,
} from './channel/describe-contract.ts'
export { compareContracts } from './channel/compare-contracts.ts'
export type { ContractChange } from './channel/compare-contracts.ts'
export type { JsonSchema, JsonSchemaObject } from './channel/json-schema.ts'
export type {
  CallDefinition,
  ChannelDefinition,
  Contract,
  HistoryDefinition,
  Schema,
  Schemas,
} from './channel/contract.ts'
export type { CheckedContract, JsonValue, NotJson } from './channel/json-value.ts'
export type {
  CallErrors,
  CallHandlerInput,
  CallHandlerOutput,
  CallInput,
  CallOutput,
  CallsOf,
  ChannelOf,
  EventsOf,
  InputOf,
  OutputOf,
  ParamsInput,
  ParamsOutput,
  PresenceInput,
  PresenceOutput,
  SignalsOf,
} from './channel/infer.ts'

// Rooms
export { ChannelPattern } from './channel/channel-pattern.ts'
export type { MatchedParams, ParamInput, PatternParams } from './channel/channel-pattern.ts'

// Commands, as servers read them
export { parseCommand } from './messages/parse-command.ts'
export type { ParsedCommand } from './messages/parse-command.ts'
