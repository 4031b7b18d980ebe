import { toJsonSchema } from '@valibot/to-json-schema'
import { kinds } from './schemas.ts'

type JsonSchema = Readonly<Record<string, unknown>>

/**
 * A JSON Schema (draft 2020-12) for each kind of the fleet repository, for editors. Made from the schemas
 * the hub validates with, and as strict about unknown fields.
 */
export function jsonSchemas(): Readonly<Record<keyof typeof kinds, JsonSchema>> {
  const schemas = Object.entries(kinds).map(([kind, schema]) => {
    const body = toJsonSchema(schema, { target: 'draft-2020-12', errorMode: 'ignore' })
    return [kind, { title: kind, ...(strict(body) as JsonSchema) }]
  })
  return Object.fromEntries(schemas)
}

function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict)
  if (typeof schema !== 'object' || schema === null) return schema
  const members = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]))
  const closed = 'properties' in schema && !('additionalProperties' in schema)
  return closed ? { ...members, additionalProperties: false } : members
}

/** The files below `docs/schemas`, by name: `cluster-overlay.schema.json` and its neighbours. */
export function schemaFiles(): ReadonlyMap<string, JsonSchema> {
  const files = Object.entries(jsonSchemas()).map(([kind, schema]) => {
    const name = kind.replaceAll(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()
    return [`${name}.schema.json`, schema] as const
  })
  return new Map(files)
}
