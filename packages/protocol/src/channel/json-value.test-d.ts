// What may travel is checked when a contract is defined, and the refusal says what was wrong.
import { expectTypeOf } from 'vitest'
import { z } from 'zod'
import type { CheckedContract, JsonValue, NotJson } from './json-value.ts'
import { defineContract } from './define-contract.ts'

/** The only place where data may come in for the server alone. */
const serverOnly = z.object({ at: z.date(), big: z.bigint() })

// All of these travel.
defineContract({
  version: 1,
  channels: {
    'a:{id}': {
      params: z.object({ id: z.coerce.date() }),
      events: {
        nothing: z.null(),
        any: z.json(),
        optional: z.object({ a: z.string().optional(), b: z.number().nullish() }),
        union: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('a'), value: z.number() }),
          z.object({ kind: z.literal('b'), value: z.array(z.boolean()).readonly() }),
        ]),
        record: z.record(z.string(), z.object({ count: z.int() })),
        partial: z.partialRecord(z.enum(['x', 'y']), z.number()),
        tuple: z.tuple([z.string(), z.number()], z.boolean()),
        branded: z.object({ id: z.string().brand('Id') }),
        coerced: z.object({ count: z.coerce.number(), on: z.stringbool() }),
        transformed: z
          .string()
          .transform((text) => text.length)
          .pipe(z.number()),
        open: z.object({ a: z.string() }).catchall(z.json()),
        get tree() {
          return tree
        },
      },
      calls: { save: { input: serverOnly, output: z.object({ ok: z.boolean() }) } },
    },
  },
})

const tree = z.object({
  label: z.string(),
  get children() {
    return z.array(tree)
  },
})

defineContract({
  version: 1,
  channels: {
    'a:{id}': {
      events: {
        // @ts-expect-error -- a Date does not travel
        at: z.date(),
        // @ts-expect-error -- not inside an object either
        nested: z.object({ deep: z.array(z.object({ at: z.date() })) }),
        // @ts-expect-error -- JSON has no bigint
        big: z.object({ count: z.bigint() }),
        // @ts-expect-error -- nor a Map
        map: z.map(z.string(), z.string()),
        // @ts-expect-error -- a transform may give anything
        transformed: z.string().transform((text) => new Date(text)),
        // @ts-expect-error -- nothing is known of it
        unknown: z.unknown(),
        // @ts-expect-error -- `undefined` alone does not travel
        optional: z.string().optional(),
      },
      signals: {
        // @ts-expect-error -- a Set does not travel
        set: z.set(z.string()),
      },
      // @ts-expect-error -- a symbol does not travel
      presence: z.object({ mark: z.symbol() }),
      calls: {
        save: {
          input: serverOnly,
          // @ts-expect-error -- the output goes back to the caller
          output: serverOnly,
          errors: {
            // @ts-expect-error -- so do errors
            late: z.object({ since: z.date() }),
          },
        },
      },
    },
  },
})

// The refusal names the place.
interface Bad {
  readonly version: 1
  readonly channels: {
    readonly lobby: {
      readonly events: { readonly at: z.ZodDate; readonly text: z.ZodString }
      readonly calls: { readonly save: { readonly output: z.ZodBigInt } }
    }
  }
}
type Checked = CheckedContract<Bad>['channels']['lobby']
expectTypeOf<Checked['events']['text']>().toEqualTypeOf<z.ZodString>()
expectTypeOf<Checked['events']['at']>().toEqualTypeOf<NotJson<"event 'at'">>()
expectTypeOf<Checked['calls']['save']['output']>().toEqualTypeOf<NotJson<"call 'save'">>()
expectTypeOf<
  NotJson<"event 'at'">
>().toEqualTypeOf<"The output of event 'at' must be JSON: no Date, bigint, Map, Set, function or undefined.">()

expectTypeOf<{ a?: string; b: readonly (number | null)[] }>().toExtend<JsonValue>()
expectTypeOf<Date>().not.toExtend<JsonValue>()
expectTypeOf<bigint>().not.toExtend<JsonValue>()
expectTypeOf<undefined>().not.toExtend<JsonValue>()
expectTypeOf<() => void>().not.toExtend<JsonValue>()
expectTypeOf<unknown>().not.toExtend<JsonValue>()
