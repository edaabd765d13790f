// The shape of a contract: the channels of one application, from which both ends take their types.
import type { z } from 'zod'

/**
 * Any schema of zod or zod/mini. The core type, not `ZodType`: comparing a schema with all its methods would cost the
 * compiler several times the instantiations of everything else (see bench/types).
 */
export type Schema = z.core.$ZodType

/** Schemas by name. */
export type Schemas = Readonly<Record<string, Schema>>

/** A request with an answer. */
export interface CallDefinition {
  /** What the caller sends. Left out: nothing. */
  readonly input?: Schema
  /** What the handler answers. Left out: nothing. */
  readonly output?: Schema
  /** The errors that a handler may raise on purpose, with the data each carries. */
  readonly errors?: Schemas
}

/** How much of a room's stream can be recovered. */
export interface HistoryDefinition {
  /** How many publications are kept per room; 1 to 100 000. */
  readonly maxItems: number
  /** How long each is kept, in milliseconds; at least 1000. */
  readonly ttlMs: number
}

/** One kind of room. */
export interface ChannelDefinition {
  /**
   * Parses the parameters in a room's name. Left out: each is a non-empty string. What it makes of a name is remembered, so
   * it must depend on nothing else: who may enter is for `canSubscribe` to say.
   */
  readonly params?: z.core.$ZodObject
  /** What is stored, ordered and recoverable. */
  readonly events?: Schemas
  /** What has no offset and is never stored, such as typing. */
  readonly signals?: Schemas
  /** What a member tells about itself. Left out: the channel has no presence. */
  readonly presence?: Schema
  readonly calls?: Readonly<Record<string, CallDefinition>>
  /** Left out: publications are numbered but none is kept, so nothing that was missed can be recovered. */
  readonly history?: HistoryDefinition
}

/** The channels of one application. */
export interface Contract {
  /** Raise it when an older client cannot work with the new contract. A positive integer. */
  readonly version: number
  /** Channels by pattern, such as `chat:{roomId}`. */
  readonly channels: Readonly<Record<string, ChannelDefinition>>
}
