// What can travel: JSON's model. Checked by type here, and at start-up by define-contract.ts.
import type { z } from 'zod'
import type { CallDefinition, ChannelDefinition, Contract, Schema, Schemas } from './contract.ts'

/** What JSON can hold. Keys with the value `undefined` are dropped. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined }

/** Shown by the compiler where a schema's output cannot travel. A text, since that is what it prints in full. */
export type NotJson<Where extends string> =
  `The output of ${Where} must be JSON: no Date, bigint, Map, Set, function or undefined.`

type Checked<S, Where extends string> = S extends Schema
  ? z.output<S> extends JsonValue
    ? S
    : NotJson<Where>
  : S

type CheckedSchemas<S, Where extends string> = S extends Schemas
  ? { readonly [Name in keyof S]: Checked<S[Name], `${Where} '${Name & string}'`> }
  : S

type CheckedCall<K, Where extends string> = K extends CallDefinition
  ? {
      readonly [Part in keyof K]: Part extends 'output'
        ? Checked<K[Part], Where>
        : Part extends 'errors'
          ? CheckedSchemas<K[Part], `${Where}, error`>
          : K[Part]
    }
  : K

type CheckedChannel<C> = C extends ChannelDefinition
  ? {
      readonly [Part in keyof C]: Part extends 'events'
        ? CheckedSchemas<C[Part], 'event'>
        : Part extends 'signals'
          ? CheckedSchemas<C[Part], 'signal'>
          : Part extends 'presence'
            ? Checked<C[Part], 'presence'>
            : Part extends 'calls'
              ? { readonly [Name in keyof C[Part]]: CheckedCall<C[Part][Name], `call '${Name & string}'`> }
              : C[Part]
    }
  : C

/** A contract whose outputs can all travel; what cannot is replaced by an explanation that no schema satisfies. */
export type CheckedContract<T extends Contract> = {
  readonly [Key in keyof T]: Key extends 'channels'
    ? { readonly [Pattern in keyof T['channels']]: CheckedChannel<T['channels'][Pattern]> }
    : T[Key]
}
