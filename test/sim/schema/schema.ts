/**
 * The structural schema everything else works by: pruning, field sets, merging, validation, OpenAPI.
 * Built-in types (from the generated table) and CustomResourceDefinitions both become this.
 */
export type Schema = ScalarSchema | MapSchema | ListSchema | AnySchema

export type ScalarType =
  | 'string'
  | 'int32'
  | 'int64'
  | 'number'
  | 'boolean'
  | 'bytes'
  | 'time'
  | 'microTime'
  | 'quantity'
  | 'intOrString'
  | 'scalar'

export interface ScalarSchema {
  readonly form: 'scalar'
  readonly type: ScalarType
  /** Rules of a CRD's own schema (enum, pattern, minimum …); built-in kinds have none here. */
  readonly rules?: ValueRules
}

export interface MapSchema {
  readonly form: 'map'
  /** Declared fields, read through a function because types refer to themselves. */
  field(name: string): Schema | undefined
  readonly fieldNames: readonly string[]
  /** The schema of keys that are not declared; absent: there are none. */
  readonly element?: Schema
  /** Undeclared keys are kept although nothing is known of them. */
  readonly preserveUnknown?: boolean
  readonly atomic: boolean
  readonly required: readonly string[]
  readonly omit: ReadonlySet<string>
  readonly emit: ReadonlySet<string>
  readonly retainKeys: ReadonlySet<string>
  readonly name?: string
  readonly rules?: ValueRules
  /** `x-kubernetes-embedded-resource`. */
  readonly embedded?: boolean
}

export interface ListSchema {
  readonly form: 'list'
  readonly element: Schema
  readonly type: 'atomic' | 'set' | 'map'
  readonly keys: readonly string[]
  /** Values a missing key stands for (`protocol: TCP`). */
  readonly keyDefaults: Readonly<Record<string, unknown>>
  readonly patchKey?: string
  /** Strategic merge patch merges this list rather than replacing it. */
  readonly patchMerge: boolean
  readonly rules?: ValueRules
}

/** Nothing is known: scalars are leaves, lists are atomic, maps are merged key by key. */
export interface AnySchema {
  readonly form: 'any'
}

/** The subset of JSON Schema's value rules a CustomResourceDefinition may use that is enforced here. */
export interface ValueRules {
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly nullable?: boolean
}

export const ANY: AnySchema = { form: 'any' }

const ANY_LIST: ListSchema = {
  form: 'list',
  element: ANY,
  type: 'atomic',
  keys: [],
  keyDefaults: {},
  patchMerge: false,
}
const ANY_MAP: MapSchema = {
  form: 'map',
  field: () => undefined,
  fieldNames: [],
  element: ANY,
  atomic: false,
  required: [],
  omit: new Set(),
  emit: new Set(),
  retainKeys: new Set(),
}
const ANY_SCALAR: ScalarSchema = { form: 'scalar', type: 'scalar' }

/** The schema a value is handled by: itself, unless nothing is known and the value decides. */
export function resolve(schema: Schema, value: unknown): Exclude<Schema, AnySchema> {
  if (schema.form !== 'any') return schema
  if (Array.isArray(value)) return ANY_LIST
  return isMap(value) ? ANY_MAP : ANY_SCALAR
}

/** The schema below a key of a map, or undefined when the key is not declared. */
export const below = (schema: MapSchema, key: string): Schema | undefined =>
  schema.field(key) ?? schema.element

export type Json = Record<string, unknown>

export const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
