import type { Json } from '../yaml/json.ts'
import { builtinDefinition, isClusterScopedByDefault, kubernetesSchema, type Schema } from './schema.ts'
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

/**
 * What becomes of the built-in schema when a document is loaded. The official binary loads its own lazily:
 * it is absent when nothing has asked for it before, and otherwise wins or loses by who came first.
 */
export type BuiltinSchema = 'absent' | 'loses' | 'wins'

const gvkKey = 'x-kubernetes-group-version-kind'
const refPrefix = '#/definitions/'

/** The schema of a document named in `openapi.path`. */
export function customSchema(document: Json, builtin: BuiltinSchema): Schema {
  const { definitions = {}, paths = {} } = document as unknown as OpenApiDocument
  const kinds = kindsOf(definitions)
  const scopes = scopesOf(paths)
  const named = (name: string, hops: number): TypeRow | undefined => {
    const own = Object.hasOwn(definitions, name) ? definitions[name] : undefined
    const known = builtin === 'absent' ? undefined : builtinDefinition(name)
    return own === undefined || (builtin === 'wins' && known !== undefined) ? known : toType(own, hops)
  }
  const toType = (schema: OpenApiSchema, hops = 0): TypeRow | undefined => {
    if (schema.$ref === undefined || schema.$ref === '') return { schema, ...mergeKeys(schema) } as CustomType
    return hops > 100 ? undefined : named(schema.$ref.slice(refPrefix.length), hops + 1)
  }
  return {
    typeOf: (apiVersion, kind) => {
      const own = kinds.get(`${apiVersion}/${kind}`)
      const known = builtin === 'absent' ? undefined : kubernetesSchema.typeOf(apiVersion, kind)
      return own === undefined || (builtin === 'wins' && known !== undefined) ? known : toType(own)
    },
    fieldOf: (type, name) => {
      if (!isCustom(type)) return kubernetesSchema.fieldOf(type, name)
      const { properties, additionalProperties } = type.schema
      if (properties !== undefined && Object.hasOwn(properties, name)) return toType(properties[name]!)
      return typeof additionalProperties === 'object' ? toType(additionalProperties) : undefined
    },
    elementOf: (type) => {
      if (!isCustom(type)) return kubernetesSchema.elementOf(type)
      return type.schema.items === undefined ? undefined : toType(type.schema.items)
    },
    isClusterScoped: (apiVersion, kind) =>
      scopes.get(`${apiVersion}/${kind}`) ?? isClusterScopedByDefault(apiVersion, kind),
  }
}

interface OpenApiDocument {
  readonly definitions?: Readonly<Record<string, OpenApiSchema>>
  readonly paths?: Readonly<Record<string, { get?: Record<string, Json> }>>
}

function isCustom(type: TypeRow): type is CustomType {
  return 'schema' in type
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
