/**
 * What a Go API server's decoder does to a request body: check types, drop what it does not know (and say so), drop
 * or add zero values as the Go struct tags demand. False drift starts here, so it is done field by field.
 */
import { OBJECT_META } from './builtin.ts'
import { decodeScalar, type Place, wrongType } from './scalar.ts'
import { below, isMap, type Json, type ListSchema, type MapSchema, resolve, type Schema } from './schema.ts'

export interface Decoded {
  readonly value: Json
  /** Paths of fields that are not in the schema, and were dropped: `spec.template.spec.containers[0].imagee`. */
  readonly unknown: readonly string[]
}

interface Walk {
  readonly unknown: string[]
  /** Custom objects keep wrong types (validation reports them) and know no omitempty. */
  readonly custom: boolean
}

/** Decodes a built-in object; throws DecodeError on a wrong JSON type. */
export function decodeBuiltin(schema: MapSchema, body: Json): Decoded {
  const walk: Walk = { unknown: [], custom: false }
  return { value: decodeMap(schema, body, { path: '', struct: '' }, walk), unknown: walk.unknown }
}

/** Prunes a custom object to its schema and fills in the schema's defaults. */
export function decodeCustom(schema: MapSchema, body: Json): Decoded {
  const walk: Walk = { unknown: [], custom: true }
  return { value: decodeMap(schema, body, { path: '', struct: '' }, walk), unknown: walk.unknown }
}

function decodeValue(schema: Schema, value: unknown, place: Place, walk: Walk): unknown {
  if (schema.form === 'any') return value
  const form = resolve(schema, value)
  if (form.form === 'scalar') return walk.custom ? value : decodeScalar(form.type, value, place)
  if (form.form === 'map' && isMap(value)) {
    // Metadata is a Go struct for custom objects too.
    return decodeMap(form, value, place, form.name === OBJECT_META ? { ...walk, custom: false } : walk)
  }
  if (form.form === 'list' && Array.isArray(value)) return decodeList(form, value, place, walk)
  if (walk.custom) return value
  const mapType = form.form === 'map' ? form.name?.split('.').slice(-2).join('.') : '[]string'
  throw wrongType(value, place, mapType ?? 'map[string]string')
}

function decodeList(schema: ListSchema, value: readonly unknown[], place: Place, walk: Walk): unknown[] {
  return value.map((item, index) => {
    const at = { ...place, path: `${place.path}[${index}]` }
    return item === null ? item : decodeValue(schema.element, item, at, walk)
  })
}

function decodeMap(schema: MapSchema, value: Json, place: Place, walk: Walk): Json {
  const out: Json = {}
  for (const [key, child] of Object.entries(value)) {
    const path = place.path ? `${place.path}.${key}` : key
    const childSchema = below(schema, key)
    if (!childSchema) {
      if (schema.preserveUnknown) out[key] = child
      else walk.unknown.push(path)
    } else if (child === null) {
      // A custom object keeps null only where the schema is nullable; Go structs have no null at all.
      if (walk.custom && isNullable(childSchema)) out[key] = null
    } else {
      const decoded = decodeValue(childSchema, child, placeOf(schema, key, path, place), walk)
      if (!(schema.omit.has(key) && isZero(decoded))) out[key] = decoded
    }
  }
  if (walk.custom) addDefaults(schema, out, place, walk)
  else addZeroes(schema, out, walk)
  return out
}

/** Struct fields are named by their struct; what is in a map goes by the field the map is. */
const placeOf = (schema: MapSchema, key: string, path: string, parent: Place): Place =>
  schema.field(key) ? { path, struct: schema.name?.split('.').at(-1) ?? '' } : parent

const isNullable = (schema: Schema): boolean => schema.form !== 'any' && schema.rules?.nullable === true

function isZero(value: unknown): boolean {
  if (value === '' || value === 0 || value === false) return true
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0
}

function addZeroes(schema: MapSchema, out: Json, walk: Walk): void {
  for (const key of schema.emit) {
    if (out[key] !== undefined) continue
    const child = schema.field(key)
    const zero = child && emptyOf(child, walk)
    if (zero !== undefined) out[key] = zero
  }
}

/** What Go writes for a struct field nobody set: structs as objects, slices and maps as null. */
function emptyOf(schema: Schema, walk: Walk): unknown {
  if (schema.form === 'map')
    return schema.element ? null : decodeMap(schema, {}, { path: '', struct: '' }, walk)
  if (schema.form === 'list') return null
  return schema.form === 'scalar' ? ZERO[schema.type] : undefined
}

const ZERO: Readonly<Record<string, unknown>> = {
  string: '',
  bytes: null,
  boolean: false,
  int32: 0,
  int64: 0,
  number: 0,
  intOrString: 0,
  quantity: '0',
  time: null,
  microTime: null,
}

function addDefaults(schema: MapSchema, out: Json, place: Place, walk: Walk): void {
  for (const key of schema.fieldNames) {
    const child = schema.field(key)
    if (out[key] !== undefined || !child || child.form === 'any') continue
    const value = child.rules?.default
    if (value !== undefined) out[key] = decodeValue(child, structuredClone(value), place, walk)
  }
}
