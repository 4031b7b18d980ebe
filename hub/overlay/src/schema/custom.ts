import type { Json } from '../yaml/json.ts'
import { isClusterScopedByDefault, type Schema } from './schema.ts'
import type { TypeRow } from './types.ts'

interface OpenApiSchema {
  readonly $ref?: string
  readonly properties?: Readonly<Record<string, OpenApiSchema>>
  readonly additionalProperties?: OpenApiSchema | boolean
  readonly items?: OpenApiSchema
  readonly [extension: `x-kubernetes-${string}`]: Json | undefined
}

/** A document's schema in the shape the merge reads; fields are resolved when they are asked for. */
interface CustomType extends TypeRow {
  readonly schema: OpenApiSchema
}

const gvkKey = 'x-kubernetes-group-version-kind'

/** The schema of a document named in `openapi.path`. It takes the place of the built-in one. */
export function customSchema(document: Json): Schema {
  const definitions = ((document as { definitions?: Json }).definitions ?? {}) as Record<
    string,
    OpenApiSchema
  >
  const paths = ((document as { paths?: Json }).paths ?? {}) as Record<string, { get?: Record<string, Json> }>
  const kinds = kindsOf(definitions)
  const scopes = scopesOf(paths)
  const toType = (schema: OpenApiSchema | undefined): CustomType | undefined => {
    let current = schema
    for (let hops = 0; current?.$ref !== undefined && current.$ref !== '' && hops < 100; hops++)
      current = definitions[current.$ref.slice('#/definitions/'.length)]
    return current === undefined ? undefined : { schema: current, ...mergeKeys(current) }
  }
  return {
    typeOf: (apiVersion, kind) => toType(kinds.get(`${apiVersion}/${kind}`)),
    fieldOf: (type, name) => {
      const { properties, additionalProperties } = (type as CustomType).schema
      if (properties !== undefined && Object.hasOwn(properties, name)) return toType(properties[name])
      return typeof additionalProperties === 'object' ? toType(additionalProperties) : undefined
    },
    elementOf: (type) => toType((type as CustomType).schema.items),
    isClusterScoped: (apiVersion, kind) =>
      scopes.get(`${apiVersion}/${kind}`) ?? isClusterScopedByDefault(apiVersion, kind),
  }
}

function mergeKeys(schema: OpenApiSchema): TypeRow {
  const strategy = schema['x-kubernetes-patch-strategy']
  if (typeof strategy !== 'string') return {}
  const keys = schema['x-kubernetes-list-map-keys']
  const key = schema['x-kubernetes-patch-merge-key']
  if (Array.isArray(keys)) return { s: strategy, k: keys as string[] }
  return typeof key === 'string' ? { s: strategy, k: [key] } : { s: strategy }
}

function kindsOf(definitions: Readonly<Record<string, OpenApiSchema>>): Map<string, OpenApiSchema> {
  const result = new Map<string, OpenApiSchema>()
  for (const definition of Object.values(definitions)) {
    const kinds = definition[gvkKey]
    if (!Array.isArray(kinds)) continue
    for (const gvk of kinds) {
      const key = keyOf(gvk)
      if (key !== undefined) result.set(key, definition)
    }
  }
  return result
}

function scopesOf(paths: Readonly<Record<string, { get?: Record<string, Json> }>>): Map<string, boolean> {
  const result = new Map<string, boolean>()
  for (const [path, item] of Object.entries(paths)) {
    const key = keyOf(item.get?.[gvkKey])
    if (key === undefined) continue
    if (path.includes('namespaces/{namespace}')) result.set(key, false)
    else if (!result.has(key)) result.set(key, true)
  }
  return result
}

function keyOf(gvk: Json | undefined): string | undefined {
  if (typeof gvk !== 'object' || gvk === null || Array.isArray(gvk)) return undefined
  const { group, version, kind } = gvk as Record<string, Json>
  if (typeof version !== 'string' || typeof kind !== 'string') return undefined
  return `${typeof group === 'string' && group !== '' ? `${group}/` : ''}${version}/${kind}`
}
