/**
 * Compares a JSON value with a schema of the OpenAPI document, for tests: shape, types, required members,
 * choices, and (what a validator would let pass) members that the schema does not name.
 */
export function jsonFaults(value: unknown, schema: object, document: object, where = '$'): string[] {
  // An empty schema takes anything.
  if (Object.keys(schema).length === 0) return []
  const {
    $ref,
    anyOf,
    type,
    properties,
    required,
    additionalProperties,
    items,
    enum: choices,
  } = schema as Schema
  if ($ref !== undefined) return jsonFaults(value, resolve($ref, document), document, where)
  if (anyOf !== undefined) {
    const faults = anyOf.map((each) => jsonFaults(value, each, document, where))
    return faults.find((each) => each.length === 0) ?? faults[0] ?? []
  }
  if (type !== undefined && !isOfType(value, type))
    return [`${where} is no ${type}: ${JSON.stringify(value)}`]
  if (choices !== undefined && !choices.includes(value)) return [`${where} is none of ${choices.join()}`]
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => jsonFaults(each, items ?? {}, document, `${where}[${index}]`))
  }
  if (value === null || typeof value !== 'object') return []
  const missing = (required ?? [])
    .filter((name) => !(name in value))
    .map((name) => `${where}.${name} is missing`)
  const wrong = Object.entries(value).flatMap(([name, member]) => {
    const known = properties?.[name] ?? additionalProperties
    return known === undefined
      ? [`${where}.${name} is not described`]
      : jsonFaults(member, known, document, `${where}.${name}`)
  })
  return [...missing, ...wrong]
}

interface Schema {
  readonly $ref?: string
  readonly anyOf?: readonly object[]
  readonly type?: string
  readonly properties?: Readonly<Record<string, object>>
  readonly required?: readonly string[]
  readonly additionalProperties?: object
  readonly items?: object
  readonly enum?: readonly unknown[]
}

const resolve = (ref: string, document: object): object =>
  ref
    .slice(2)
    .split('/')
    .reduce<Record<string, unknown>>(
      (at, key) => at[key] as Record<string, unknown>,
      document as Record<string, unknown>,
    )

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    default:
      return typeof value === type
  }
}
