import { type FieldFault, invalid, unsupported } from '../api/errors.ts'
import {
  below,
  isMap,
  type ListSchema,
  type MapSchema,
  type ScalarSchema,
  type Schema,
} from '../schema/schema.ts'

/** Faults of a custom object against its definition's schema, in the words of the API server's OpenAPI validation. */
export function customFaults(schema: Schema, value: unknown, path = ''): FieldFault[] {
  if (schema.form === 'any' || value === undefined) return []
  if (value === null) {
    return schema.rules?.nullable ? [] : [invalidType(path, typeName(schema), value)]
  }
  if (schema.form === 'map') return mapFaults(schema, value, path)
  return schema.form === 'list' ? listFaults(schema, value, path) : scalarFaults(schema, value, path)
}

function typeName(schema: Schema): string {
  if (schema.form === 'map') return 'object'
  if (schema.form === 'list') return 'array'
  if (schema.form === 'any') return 'any'
  if (schema.type === 'int32' || schema.type === 'int64') return 'integer'
  return schema.type === 'number' || schema.type === 'boolean' ? schema.type : 'string'
}

function invalidType(path: string, wanted: string, value: unknown): FieldFault {
  const got = Array.isArray(value)
    ? 'array'
    : value === null
      ? 'null'
      : typeof value === 'number' && Number.isInteger(value)
        ? 'integer'
        : typeof value
  return {
    type: 'FieldValueTypeInvalid',
    field: path,
    body: `Invalid value: "${got}": ${path} in body must be of type ${wanted}: "${got}"`,
  }
}

function mapFaults(schema: MapSchema, value: unknown, path: string): FieldFault[] {
  if (!isMap(value)) return [invalidType(path, 'object', value)]
  const at = (key: string) => (path ? `${path}.${key}` : key)
  const faults: FieldFault[] = schema.required
    .filter((key) => value[key] === undefined)
    .map((key) => ({ type: 'FieldValueRequired', field: at(key), body: 'Required value' }))
  for (const [key, child] of Object.entries(value)) {
    const childSchema = below(schema, key)
    // Metadata has been checked as metadata.
    if (childSchema && !(path === '' && key === 'metadata'))
      faults.push(...customFaults(childSchema, child, at(key)))
  }
  return faults
}

function listFaults(schema: ListSchema, value: unknown, path: string): FieldFault[] {
  if (!Array.isArray(value)) return [invalidType(path, 'array', value)]
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema.rules ?? {}
  const faults: FieldFault[] = []
  if (value.length < minItems) {
    faults.push(invalid(path, value.length, `${path} in body should have at least ${minItems} items`))
  }
  if (value.length > maxItems) {
    const body = `Too many: ${value.length}: must have at most ${maxItems} items`
    faults.push({ type: 'FieldValueTooMany', field: path, body })
  }
  return [
    ...faults,
    ...value.flatMap((item, index) => customFaults(schema.element, item, `${path}[${index}]`)),
  ]
}

function scalarFaults(schema: ScalarSchema, value: unknown, path: string): FieldFault[] {
  const { type, rules = {} } = schema
  const wanted = typeName(schema)
  const fits =
    type === 'intOrString'
      ? typeof value === 'string' || Number.isInteger(value)
      : wanted === 'integer'
        ? Number.isInteger(value)
        : typeof value === wanted
  if (!fits) return [invalidType(path, wanted, value)]
  const faults: FieldFault[] = []
  if (rules.enum && !rules.enum.includes(value)) faults.push(unsupported(path, value, rules.enum.map(String)))
  if (typeof value === 'number') faults.push(...numberFaults(value, rules, path))
  if (typeof value === 'string') faults.push(...stringFaults(value, rules, path))
  return faults
}

type Rules = NonNullable<ScalarSchema['rules']>

function numberFaults(value: number, { minimum, maximum }: Rules, path: string): FieldFault[] {
  if (minimum !== undefined && value < minimum) {
    return [invalid(path, value, `${path} in body should be greater than or equal to ${minimum}`)]
  }
  if (maximum !== undefined && value > maximum) {
    return [invalid(path, value, `${path} in body should be less than or equal to ${maximum}`)]
  }
  return []
}

function stringFaults(value: string, { pattern, minLength, maxLength }: Rules, path: string): FieldFault[] {
  const faults: FieldFault[] = []
  if (minLength !== undefined && [...value].length < minLength) {
    faults.push(invalid(path, value, `${path} in body should be at least ${minLength} chars long`))
  }
  if (maxLength !== undefined && [...value].length > maxLength) {
    faults.push({
      type: 'FieldValueTooLong',
      field: path,
      body: `Too long: may not be more than ${maxLength} bytes`,
    })
  }
  if (pattern !== undefined && !matches(pattern, value)) {
    faults.push(invalid(path, value, `${path} in body should match '${pattern}'`))
  }
  return faults
}

/** Go's pattern language is nearly JavaScript's; a pattern only Go understands lets everything pass. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value)
  } catch {
    return true
  }
}
