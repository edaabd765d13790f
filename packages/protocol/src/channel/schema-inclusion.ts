// Whether every value of one JSON schema is a value of another, as far as that can be shown.
import type { JsonSchema, JsonSchemaObject } from './json-schema.ts'

/** How schemas are compared. */
export interface InclusionOptions {
  /** Whether keys that the outer schema does not know do no harm, as for a reader that ignores them. @default false */
  readonly ignoresUnknownKeys?: boolean
  /** Whether values of the inner schema have no keys that it does not name, although it does not forbid them. @default false */
  readonly hasKnownKeysOnly?: boolean
}

/** Words that say nothing about values. */
const ANNOTATIONS: readonly string[] = [
  '$schema',
  '$id',
  '$defs',
  'id',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
]

/**
 * True only if it can be shown that `outer` holds for everything for which `inner` does: of schemas that are written in too different
 * ways it says false. Both may refer to themselves.
 */
export function includesSchema(
  outer: JsonSchema,
  inner: JsonSchema,
  options: InclusionOptions = {},
): boolean {
  return new Comparison(outer, inner, options).holds(outer, inner)
}

class Comparison {
  readonly #outerRoot: JsonSchema
  readonly #innerRoot: JsonSchema
  readonly #options: InclusionOptions
  /** Pairs of references that are being compared: of what refers to itself, what holds for all else holds there too. */
  readonly #assumed = new Set<string>()

  constructor(outerRoot: JsonSchema, innerRoot: JsonSchema, options: InclusionOptions) {
    this.#outerRoot = outerRoot
    this.#innerRoot = innerRoot
    this.#options = options
  }

  holds(outer: JsonSchema, inner: JsonSchema): boolean {
    if (isAnything(outer) || inner === false) return true
    if (outer === false || isAnything(inner)) return false
    return this.#compare(outer as JsonSchemaObject, inner as JsonSchemaObject)
  }

  #compare(outer: JsonSchemaObject, inner: JsonSchemaObject): boolean {
    if (outer.$ref !== undefined || inner.$ref !== undefined) return this.#follow(outer, inner)
    const innerBranches = inner.anyOf ?? inner.oneOf
    if (innerBranches) return innerBranches.every((branch) => this.holds(outer, branch))
    if (outer.allOf) return outer.allOf.every((part) => this.holds(part, inner))
    const values = inner.enum ?? ('const' in inner ? [inner.const] : undefined)
    if (values) return values.every((value) => this.#admits(outer, value))
    const outerBranches = outer.anyOf ?? outer.oneOf
    if (outerBranches) return outerBranches.some((branch) => this.holds(branch, inner))
    if (inner.allOf) return inner.allOf.some((part) => this.holds(outer, part))
    if (outer.enum || 'const' in outer) return false
    const types = typesOf(inner)
    return types.length > 0 && types.every((type) => this.#compareAs(type, outer, inner))
  }

  #follow(outer: JsonSchemaObject, inner: JsonSchemaObject): boolean {
    const pair = JSON.stringify([outer, inner])
    if (this.#assumed.has(pair)) return true
    this.#assumed.add(pair)
    const [target, innerTarget] = [resolve(outer, this.#outerRoot), resolve(inner, this.#innerRoot)]
    return target !== undefined && innerTarget !== undefined && this.holds(target, innerTarget)
  }

  #compareAs(type: string, outer: JsonSchemaObject, inner: JsonSchemaObject): boolean {
    const allowed = typesOf(outer)
    if (!allowed.includes(type) && !(type === 'integer' && allowed.includes('number'))) return false
    switch (type) {
      case 'string':
        return isWithin(outer, inner, 'minLength', 'maxLength') && isSame(outer, inner, 'pattern', 'format')
      case 'number':
      case 'integer':
        return (
          isWithin(outer, inner, 'minimum', 'maximum') &&
          isWithin(outer, inner, 'exclusiveMinimum', 'exclusiveMaximum') &&
          isSame(outer, inner, 'multipleOf')
        )
      case 'array':
        return this.#compareArrays(outer, inner)
      case 'object':
        return this.#compareObjects(outer, inner)
      default:
        return true
    }
  }

  #compareArrays(outer: JsonSchemaObject, inner: JsonSchemaObject): boolean {
    if (!isWithin(outer, inner, 'minItems', 'maxItems')) return false
    const [places, innerPlaces] = [outer.prefixItems ?? [], inner.prefixItems ?? []]
    if (places.length !== innerPlaces.length) return false
    return (
      places.every((place, index) => this.holds(place, innerPlaces[index]!)) &&
      this.holds(outer.items ?? true, inner.items ?? true)
    )
  }

  #compareObjects(outer: JsonSchemaObject, inner: JsonSchemaObject): boolean {
    const innerRequired = inner.required ?? []
    if (!(outer.required ?? []).every((key) => innerRequired.includes(key))) return false
    const [known, innerKnown] = [outer.properties ?? {}, inner.properties ?? {}]
    const others = outer.additionalProperties ?? true
    const innerOthers = inner.additionalProperties ?? this.#options.hasKnownKeysOnly !== true
    for (const [key, schema] of Object.entries(known)) {
      if (!this.holds(schema, own(innerKnown, key) ?? innerOthers)) return false
    }
    if (this.#options.ignoresUnknownKeys === true && others === false) return true
    for (const [key, schema] of Object.entries(innerKnown)) {
      if (own(known, key) === undefined && !this.holds(others, schema)) return false
    }
    if (outer.propertyNames && !this.holds(outer.propertyNames, inner.propertyNames ?? true)) return false
    return this.holds(others, innerOthers)
  }

  /** Whether a schema is shown to hold for one value. */
  #admits(schema: JsonSchema, value: unknown): boolean {
    if (isAnything(schema)) return true
    if (schema === false) return false
    const resolved = resolve(schema as JsonSchemaObject, this.#outerRoot)
    if (typeof resolved !== 'object') return resolved === true
    if (resolved.enum) return resolved.enum.some((each) => isEqual(each, value))
    if ('const' in resolved) return isEqual(resolved.const, value)
    const branches = resolved.anyOf ?? resolved.oneOf
    if (branches) return branches.some((branch) => this.#admits(branch, value))
    if (resolved.allOf) return resolved.allOf.every((part) => this.#admits(part, value))
    return this.holds(resolved, schemaOf(value))
  }
}

/** The narrowest schema of a value that can be compared with others. */
function schemaOf(value: unknown): JsonSchema {
  if (value === null) return { type: 'null' }
  if (typeof value === 'string') return { type: 'string', minLength: value.length, maxLength: value.length }
  if (typeof value === 'boolean') return { type: 'boolean' }
  if (typeof value !== 'number') return true
  const bounds = { minimum: value, maximum: value, exclusiveMinimum: value, exclusiveMaximum: value }
  return { type: Number.isInteger(value) ? 'integer' : 'number', ...bounds }
}

function isAnything(schema: JsonSchema): boolean {
  return (
    schema === true || (schema !== false && Object.keys(schema).every((key) => ANNOTATIONS.includes(key)))
  )
}

const typesOf = ({ type }: JsonSchemaObject): readonly string[] =>
  type === undefined ? [] : typeof type === 'string' ? [type] : type

/** `undefined` for a reference that leads nowhere. */
function resolve(schema: JsonSchemaObject, root: JsonSchema): JsonSchema | undefined {
  if (schema.$ref === undefined) return schema
  if (schema.$ref === '#') return root
  const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref)?.[1]
  return name !== undefined && typeof root === 'object' ? own(root.$defs ?? {}, name) : undefined
}

type Bound = 'minLength' | 'minItems' | 'minimum' | 'exclusiveMinimum'
type UpperBound = 'maxLength' | 'maxItems' | 'maximum' | 'exclusiveMaximum'

function isWithin(
  outer: JsonSchemaObject,
  inner: JsonSchemaObject,
  lower: Bound,
  upper: UpperBound,
): boolean {
  const isAbove = outer[lower] === undefined || (inner[lower] ?? -Infinity) >= outer[lower]
  const isBelow = outer[upper] === undefined || (inner[upper] ?? Infinity) <= outer[upper]
  return isAbove && isBelow
}

/** Of words that cannot be compared: what the outer says, the inner must say in the same words. */
function isSame(
  outer: JsonSchemaObject,
  inner: JsonSchemaObject,
  ...words: readonly ('pattern' | 'format' | 'multipleOf')[]
): boolean {
  return words.every((word) => outer[word] === undefined || outer[word] === inner[word])
}

const isEqual = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

const own = <Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined
