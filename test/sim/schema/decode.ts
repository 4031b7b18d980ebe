/**
 * What a Go API server's decoder does to a request body: coerce what it can, drop what it does not know (and say so),
 * drop or add zero values as the Go struct tags demand. False drift starts here, so it is done field by field.
 */
import { OBJECT_META } from './builtin.ts'
import { canonicalQuantity } from './quantity.ts'
import { below, isMap, type Json, type ListSchema, type MapSchema, resolve, type Schema } from './schema.ts'

/** A value has the wrong JSON type, as encoding/json reports it. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

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
  return { value: decodeMap(schema, body, '', walk), unknown: walk.unknown }
}

/** Prunes a custom object to its schema and fills in the schema's defaults. */
export function decodeCustom(schema: MapSchema, body: Json): Decoded {
  const walk: Walk = { unknown: [], custom: true }
  return { value: decodeMap(schema, body, '', walk), unknown: walk.unknown }
}

function decodeValue(schema: Schema, value: unknown, path: string, walk: Walk): unknown {
  const form = resolve(schema, value)
  if (schema.form === 'any') return value
  if (form.form === 'scalar') return walk.custom ? value : decodeScalar(form.type, value, path)
  if (form.form === 'map') {
    // Metadata is a Go struct for custom objects too.
    const inner = form.name === OBJECT_META ? { ...walk, custom: false } : walk
    if (isMap(value)) return decodeMap(form, value, path, inner)
    if (walk.custom) return value
    throw wrongType(value, path, form.name?.split('.').slice(-2).join('.') ?? 'map[string]string')
  }
  if (Array.isArray(value)) return decodeList(form, value, path, walk)
  if (walk.custom) return value
  throw wrongType(value, path, '[]')
}

function decodeList(schema: ListSchema, value: readonly unknown[], path: string, walk: Walk): unknown[] {
  return value.map((item, index) =>
    item === null ? item : decodeValue(schema.element, item, `${path}[${index}]`, walk),
  )
}

function decodeMap(schema: MapSchema, value: Json, path: string, walk: Walk): Json {
  const out: Json = {}
  for (const [key, child] of Object.entries(value)) {
    const childPath = path ? `${path}.${key}` : key
    const childSchema = below(schema, key)
    if (!childSchema) {
      if (schema.preserveUnknown) out[key] = child
      else walk.unknown.push(childPath)
    } else if (child === null) {
      // A custom object keeps null only where the schema is nullable; Go structs have no null at all.
      if (walk.custom && nullable(childSchema)) out[key] = null
    } else {
      const decoded = decodeValue(childSchema, child, childPath, walk)
      if (!(schema.omit.has(key) && isZero(decoded))) out[key] = decoded
    }
  }
  if (walk.custom) addDefaults(schema, out, path, walk)
  else addZeroes(schema, out, path, walk)
  return out
}

const nullable = (schema: Schema): boolean => schema.form !== 'any' && schema.rules?.nullable === true

function isZero(value: unknown): boolean {
  if (value === '' || value === 0 || value === false) return true
  return Array.isArray(value) ? value.length === 0 : isMap(value) && Object.keys(value).length === 0
}

function addZeroes(schema: MapSchema, out: Json, path: string, walk: Walk): void {
  for (const key of schema.emit) {
    if (out[key] !== undefined) continue
    const child = schema.field(key)
    if (child?.form === 'map') out[key] = child.element ? {} : decodeMap(child, {}, `${path}.${key}`, walk)
    else if (child?.form === 'list') out[key] = null
    else if (child?.form === 'scalar') out[key] = zeroOf(child.type)
    if (out[key] === undefined || out[key] === null) if (child?.form !== 'list') delete out[key]
  }
}

function zeroOf(type: string): unknown {
  if (type === 'string' || type === 'bytes') return ''
  if (type === 'boolean') return false
  if (type === 'int32' || type === 'int64' || type === 'number' || type === 'intOrString') return 0
  if (type === 'quantity') return '0'
  return undefined
}

function addDefaults(schema: MapSchema, out: Json, path: string, walk: Walk): void {
  for (const key of schema.fieldNames) {
    const child = schema.field(key)
    if (out[key] !== undefined || !child || child.form === 'any') continue
    const value = child.rules?.default
    if (value !== undefined) out[key] = decodeValue(child, structuredClone(value), `${path}.${key}`, walk)
  }
}

const INTEGER_LIMITS = { int32: 2 ** 31, int64: 2 ** 63 }

function decodeScalar(type: string, value: unknown, path: string): unknown {
  switch (type) {
    case 'int32':
    case 'int64': {
      if (typeof value !== 'number') throw wrongType(value, path, type)
      const limit = INTEGER_LIMITS[type]
      if (!Number.isInteger(value) || value >= limit || value < -limit) throw wrongType(value, path, type)
      return value
    }
    case 'number':
      if (typeof value !== 'number') throw wrongType(value, path, 'float64')
      return value
    case 'boolean':
      if (typeof value !== 'boolean') throw wrongType(value, path, 'bool')
      return value
    case 'quantity':
      return decodeQuantity(value, path)
    case 'intOrString':
      if (typeof value !== 'number' && typeof value !== 'string')
        throw wrongType(value, path, 'intstr.IntOrString')
      return value
    case 'bytes':
      return decodeBytes(value, path)
    case 'time':
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) throw badTime(value)
      return new Date(value).toISOString().replace(/\.\d+Z$/, 'Z')
    default:
      if (typeof value !== 'string') throw wrongType(value, path, 'string')
      return value
  }
}

function decodeQuantity(value: unknown, path: string): string {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw wrongType(value, path, 'resource.Quantity')
  const canonical = canonicalQuantity(String(value))
  if (canonical !== undefined) return canonical
  throw new DecodeError(
    `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
  )
}

function decodeBytes(value: unknown, path: string): string {
  if (typeof value !== 'string') throw wrongType(value, path, '[]uint8')
  const at = /[^A-Za-z0-9+/=\r\n]/.exec(value)?.index
  if (at !== undefined || value.replace(/[\r\n]/g, '').length % 4 !== 0) {
    throw new DecodeError(`illegal base64 data at input byte ${at ?? Math.max(0, value.length - 1)}`)
  }
  return value.replace(/[\r\n]/g, '')
}

const badTime = (value: unknown) =>
  new DecodeError(`parsing time ${JSON.stringify(value)} as "2006-01-02T15:04:05Z07:00": cannot parse it`)

function wrongType(value: unknown, path: string, goType: string): DecodeError {
  const what = Array.isArray(value)
    ? 'array'
    : isMap(value)
      ? 'object'
      : typeof value === 'boolean'
        ? 'bool'
        : typeof value
  const shown = what === 'number' ? `number ${value}` : what
  return new DecodeError(
    `json: cannot unmarshal ${shown} into Go struct field ${path.replace(/\[\d+\]/g, '')} of type ${goType}`,
  )
}
