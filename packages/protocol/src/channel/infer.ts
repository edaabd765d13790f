// The types that a contract implies. Each helper is one step, so that a hover and an error name what the user wrote.
import type { z } from 'zod'
import type { CallDefinition, ChannelDefinition, Contract, Schema, Schemas } from './contract.ts'
import type { ParamInput, PatternParams } from './channel-pattern.ts'

type None = Readonly<Record<never, never>>

/** One channel of a contract. */
export type ChannelOf<T extends Contract, Pattern extends keyof T['channels']> = T['channels'][Pattern]

/** The event schemas of a channel. */
export type EventsOf<C extends ChannelDefinition> = C extends { readonly events: infer E extends Schemas }
  ? E
  : None

/** The signal schemas of a channel. */
export type SignalsOf<C extends ChannelDefinition> = C extends { readonly signals: infer S extends Schemas }
  ? S
  : None

/** The calls of a channel. */
export type CallsOf<C extends ChannelDefinition> = C extends {
  readonly calls: infer K extends Readonly<Record<string, CallDefinition>>
}
  ? K
  : None

/** Where zod does not resolve, payloads would silently become `any`; this makes them `never` instead. */
type Guarded<S, Result> = (() => 0) extends () => S ? never : Result

/** What a sender gives for a schema. */
export type InputOf<S> = S extends Schema ? Guarded<S, z.input<S>> : never

/** What a receiver gets for a schema. */
export type OutputOf<S> = S extends Schema ? Guarded<S, z.output<S>> : never

/** What a member of a room tells about itself, as it is sent. */
export type PresenceInput<C extends ChannelDefinition> = C extends { readonly presence: infer S }
  ? InputOf<S>
  : never

/** What a member of a room tells about itself, as it is received. */
export type PresenceOutput<C extends ChannelDefinition> = C extends { readonly presence: infer S }
  ? OutputOf<S>
  : never

/** The parameters that name a room. */
export type ParamsInput<
  T extends Contract,
  Pattern extends keyof T['channels'] & string,
> = T['channels'][Pattern] extends { readonly params: infer S extends Schema }
  ? KnownParams<z.input<S>>
  : PatternParams<Pattern>

/** A coercing schema accepts `unknown`; a name accepts less. */
type KnownParams<P> = { readonly [Name in keyof P]: unknown extends P[Name] ? ParamInput : P[Name] }

/** The parameters of a room as the server's handlers get them. */
export type ParamsOutput<
  T extends Contract,
  Pattern extends keyof T['channels'] & string,
> = T['channels'][Pattern] extends { readonly params: infer S extends Schema }
  ? z.output<S>
  : { readonly [Name in keyof PatternParams<Pattern>]: string }

/** What a caller sends. */
export type CallInput<K> = K extends { readonly input: infer S } ? InputOf<S> : void

/** What a handler of a call gets. */
export type CallHandlerInput<K> = K extends { readonly input: infer S } ? OutputOf<S> : void

/** What a handler of a call returns. */
export type CallHandlerOutput<K> = K extends { readonly output: infer S } ? InputOf<S> : void

/** What a caller gets. */
export type CallOutput<K> = K extends { readonly output: infer S } ? OutputOf<S> : void

/** The errors that a call declares, by code, each with its data. */
export type CallErrors<K> = K extends { readonly errors: infer E extends Schemas }
  ? { readonly [Code in keyof E & string]: OutputOf<E[Code]> }
  : None
