import { isMap, type ListSchema } from '../schema/schema.ts'

/** A value cannot be handled by its schema; `path` grows while the error travels up. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError'
}

/**
 * The path element of an item of a `map` or `set` list. Missing keys stand for their default, or are left out.
 * Throws SchemaError in the words of structured-merge-diff.
 */
export function itemElement(schema: ListSchema, item: unknown): string {
  if (schema.type === 'set') {
    if (isMap(item)) throw new SchemaError("associative list without keys has an element that's a map type")
    if (item === null)
      throw new SchemaError("associative list without keys has an element that's an explicit null")
    return `v:${JSON.stringify(item)}`
  }
  if (item === null) throw new SchemaError('associative list with keys may not have a null element')
  if (!isMap(item)) throw new SchemaError('associative list with keys may not have non-map elements')
  const key: Record<string, unknown> = {}
  for (const name of [...schema.keys].sort()) {
    const value = item[name] ?? schema.keyDefaults[name]
    if (value !== undefined) key[name] = value
  }
  if (Object.keys(key).length === 0) {
    const names = schema.keys.map((name) => JSON.stringify(name)).join(' ')
    throw new SchemaError(
      `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
    )
  }
  return `k:${JSON.stringify(key)}`
}

/** Items of a keyed list by their path element; duplicates stay together. */
export function indexItems(schema: ListSchema, list: readonly unknown[]): Map<string, unknown[]> {
  const index = new Map<string, unknown[]>()
  for (const item of list) {
    const element = itemElement(schema, item)
    const same = index.get(element)
    if (same) same.push(item)
    else index.set(element, [item])
  }
  return index
}
