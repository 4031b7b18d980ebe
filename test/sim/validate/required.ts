import { type FieldFault, required } from '../api/errors.ts'
import { below, isMap, type Schema } from '../schema/schema.ts'

/**
 * Required fields that are missing below a value, by the published schema. Only strings and lists count: a missing
 * number is zero to Go, which is often valid.
 */
export function requiredFaults(schema: Schema, value: unknown, path: string): FieldFault[] {
  if (schema.form === 'list' && Array.isArray(value)) {
    return value.flatMap((item, index) => requiredFaults(schema.element, item, `${path}[${index}]`))
  }
  if (schema.form !== 'map' || !isMap(value)) return []
  const faults: FieldFault[] = []
  for (const key of schema.required) {
    const form = schema.field(key)?.form
    const given = value[key]
    const missing =
      given === undefined || given === '' || given === null || (Array.isArray(given) && given.length === 0)
    if (missing && (form === 'scalar' || form === 'list') && !isNumber(schema.field(key))) {
      faults.push(required(path ? `${path}.${key}` : key))
    }
  }
  for (const [key, child] of Object.entries(value)) {
    const childSchema = below(schema, key)
    if (childSchema) faults.push(...requiredFaults(childSchema, child, path ? `${path}.${key}` : key))
  }
  return faults
}

const isNumber = (schema: Schema | undefined) =>
  schema?.form === 'scalar' &&
  ['int32', 'int64', 'number', 'boolean', 'quantity', 'intOrString', 'time'].includes(schema.type)
