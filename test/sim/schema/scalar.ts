import { canonicalQuantity } from './quantity.ts'
import { isMap, type ScalarType } from './schema.ts'

/** A value has the wrong JSON type, in the words of Go's decoder. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError'
}

/** Where a value stands: its path, and the Go struct whose field it is. */
export interface Place {
  readonly path: string
  readonly struct: string
}

const INTEGER_LIMITS = { int32: 2 ** 31, int64: 2 ** 63 }

/** A scalar as Go writes it back; throws DecodeError when it is of another type. */
export function decodeScalar(type: ScalarType, value: unknown, place: Place): unknown {
  switch (type) {
    case 'int32':
    case 'int64':
      return decodeInteger(type, value, place)
    case 'number':
      return expectType('number', 'float64', value, place)
    case 'boolean':
      return expectType('boolean', 'bool', value, place)
    case 'quantity':
      return decodeQuantity(value, place)
    case 'intOrString':
      if (typeof value === 'number') return value
      return expectType('string', 'intstr.IntOrString', value, place)
    case 'bytes':
      return decodeBytes(value, place)
    case 'time':
      return decodeTime(value)
    default:
      return expectType('string', 'string', value, place)
  }
}

function expectType(
  type: 'string' | 'number' | 'boolean',
  goType: string,
  value: unknown,
  place: Place,
): unknown {
  const actual = typeof value
  if (actual === type) return value
  throw wrongType(value, place, goType)
}

function decodeInteger(type: 'int32' | 'int64', value: unknown, place: Place): number {
  const limit = INTEGER_LIMITS[type]
  if (typeof value !== 'number') throw wrongType(value, place, type)
  if (Number.isInteger(value) && value < limit && value >= -limit) return value
  throw unmarshalError(`number ${value}`, place, type)
}

function decodeQuantity(value: unknown, place: Place): string {
  if (typeof value !== 'string' && typeof value !== 'number')
    throw wrongType(value, place, 'resource.Quantity')
  const canonical = canonicalQuantity(String(value))
  if (canonical !== undefined) return canonical
  throw new DecodeError(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  )
}

function decodeBytes(value: unknown, place: Place): string {
  const text = (expectType('string', '[]uint8', value, place) as string).replace(/[\r\n]/g, '')
  const bad = /[^A-Za-z0-9+/=]/.exec(text)?.index
  if (bad === undefined && text.length % 4 === 0) return text
  throw new DecodeError(`illegal base64 data at input byte ${bad ?? Math.max(0, text.length - 1)}`)
}

/** Times are kept in whole seconds of UTC. */
function decodeTime(value: unknown): string {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (!Number.isNaN(time)) return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')
  const text = JSON.stringify(value)
  throw new DecodeError(`parsing time ${text} as "2006-01-02T15:04:05Z07:00": cannot parse ${text} as "2006"`)
}

/** The error for a value of another JSON type. */
export function wrongType(value: unknown, place: Place, goType: string): DecodeError {
  const jsonType = Array.isArray(value) ? 'array' : isMap(value) ? 'object' : typeof value
  return unmarshalError(jsonType === 'boolean' ? 'bool' : jsonType, place, goType)
}

function unmarshalError(what: string, { path, struct }: Place, goType: string): DecodeError {
  const field = `${struct}.${path.replace(/\[\d+\]/g, '')}`
  return new DecodeError(`json: cannot unmarshal ${what} into Go struct field ${field} of type ${goType}`)
}
