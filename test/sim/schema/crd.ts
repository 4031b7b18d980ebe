import { builtinSchema, OBJECT_META } from './builtin.ts'
import {
  ANY,
  isMap,
  type Json,
  type ListSchema,
  type MapSchema,
  type ScalarType,
  type Schema,
  type ValueRules,
} from './schema.ts'

/**
 * The structural schema of one version of a CustomResourceDefinition (its `openAPIV3Schema`).
 * Understood: types, properties, additionalProperties, items, list and map types, defaults, enum, pattern, bounds,
 * nullable, int-or-string, preserve-unknown-fields, embedded resources. Not: oneOf/anyOf/allOf/not and CEL rules.
 */
export function customSchema(openApi: unknown): MapSchema {
  const declared = isMap(openApi) ? openApi : { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const root = fromOpenApi(declared) as MapSchema
  const fixed: Record<string, Schema> = {
    apiVersion: { form: 'scalar', type: 'string' },
    kind: { form: 'scalar', type: 'string' },
    metadata: builtinSchema(OBJECT_META),
  }
  return {
    ...root,
    fieldNames: [...new Set([...Object.keys(fixed), ...root.fieldNames])],
    field: (key) => fixed[key] ?? root.field(key),
  }
}

function fromOpenApi(node: Json): Schema {
  const rules = rulesOf(node)
  if (node['x-kubernetes-int-or-string'] === true) return { form: 'scalar', type: 'intOrString', ...rules }
  if (node.type === 'object' || isMap(node.properties)) return mapOf(node)
  if (node.type === 'array') return listOf(node)
  if (typeof node.type === 'string') return { form: 'scalar', type: scalarOf(node), ...rules }
  return ANY
}

function scalarOf(node: Json): ScalarType {
  if (node.type === 'integer') return node.format === 'int32' ? 'int32' : 'int64'
  if (node.type === 'number') return 'number'
  return node.type === 'boolean' ? 'boolean' : 'string'
}

function mapOf(node: Json): Schema {
  const properties = isMap(node.properties) ? node.properties : {}
  const preserve = node['x-kubernetes-preserve-unknown-fields'] === true
  const names = Object.keys(properties)
  const fields = new Map(names.map((name) => [name, fromOpenApi(properties[name] as Json)]))
  const additional = node.additionalProperties
  const element = isMap(additional)
    ? fromOpenApi(additional)
    : additional === true || preserve
      ? ANY
      : undefined
  const embedded = node['x-kubernetes-embedded-resource'] === true
  if (embedded) {
    fields.set('apiVersion', { form: 'scalar', type: 'string' })
    fields.set('kind', { form: 'scalar', type: 'string' })
    fields.set('metadata', builtinSchema(OBJECT_META))
  }
  return {
    form: 'map',
    fieldNames: [...fields.keys()],
    field: (key) => fields.get(key),
    ...(element ? { element } : {}),
    preserveUnknown: preserve,
    atomic: node['x-kubernetes-map-type'] === 'atomic',
    required: Array.isArray(node.required) ? (node.required as string[]) : [],
    omit: new Set(),
    emit: new Set(),
    retainKeys: new Set(),
    embedded,
    ...rulesOf(node),
  }
}

function listOf(node: Json): ListSchema {
  const items = isMap(node.items) ? node.items : {}
  const keys = (node['x-kubernetes-list-map-keys'] as string[] | undefined) ?? []
  const properties = isMap(items.properties) ? items.properties : {}
  const keyDefaults: Json = {}
  for (const key of keys) {
    const property = properties[key]
    if (isMap(property) && property.default !== undefined) keyDefaults[key] = property.default
  }
  return {
    form: 'list',
    element: fromOpenApi(items),
    type: (node['x-kubernetes-list-type'] as ListSchema['type'] | undefined) ?? 'atomic',
    keys,
    keyDefaults,
    patchMerge: false,
    ...rulesOf(node),
  }
}

const RULES = [
  'default',
  'enum',
  'pattern',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'nullable',
] as const

function rulesOf(node: Json): { rules?: ValueRules } {
  const present = RULES.filter((rule) => node[rule] !== undefined)
  if (present.length === 0) return {}
  return { rules: Object.fromEntries(present.map((rule) => [rule, node[rule]])) as ValueRules }
}
