import { apiVersionOf, type ResourceKind } from '../resources/kind.ts'
import { schemaOfKind } from '../resources/registry.ts'
import type { ListSchema, MapSchema, ScalarSchema, Schema } from './schema.ts'

type Doc = Record<string, unknown>

/** The OpenAPI v3 document of one group version: what kubectl explain, apply and its validation read. */
export function openApiDocument(group: string, version: string, kinds: readonly ResourceKind[]): Doc {
  const schemas: Doc = {}
  for (const kind of kinds) {
    const node = describeType(kind.type, schemaOfKind(kind), schemas)
    schemas[kind.type] = { ...node, 'x-kubernetes-group-version-kind': [gvkOf(kind)] }
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes (simulated)', version: 'v1.34.0+simulated' },
    paths: Object.fromEntries(kinds.flatMap((kind) => pathsOf(group, version, kind))),
    components: { schemas },
  }
}

const gvkOf = ({ group, version, kind }: ResourceKind) => ({ group, version, kind })

const QUERY = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
  name,
  in: 'query',
  schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
}))

function pathsOf(group: string, version: string, kind: ResourceKind): [string, Doc][] {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const scope = kind.namespaced ? '/namespaces/{namespace}' : ''
  const $ref = `#/components/schemas/${kind.type}`
  const operation = (action: string, code: number): Doc => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvkOf(kind),
    parameters: QUERY,
    responses: { [code]: { description: 'OK', content: { 'application/json': { schema: { $ref } } } } },
  })
  return [
    [`${root}${scope}/${kind.plural}`, { get: operation('list', 200), post: operation('post', 201) }],
    [
      `${root}${scope}/${kind.plural}/{name}`,
      {
        get: operation('get', 200),
        put: operation('put', 200),
        patch: operation('patch', 200),
        delete: operation('delete', 200),
      },
    ],
  ]
}

function describeType(_name: string, schema: MapSchema, schemas: Doc): Doc {
  return describeMap(schema, schemas)
}

function describe(schema: Schema, schemas: Doc): Doc {
  switch (schema.form) {
    case 'any':
      return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    case 'scalar':
      return describeScalar(schema)
    case 'list':
      return describeList(schema, schemas)
    case 'map':
      return schema.name ? reference(schema.name, schema, schemas) : describeMap(schema, schemas)
  }
}

/** Named types are described once, and before their own fields are, because some refer to themselves. */
function reference(name: string, schema: MapSchema, schemas: Doc): Doc {
  if (!Object.hasOwn(schemas, name)) {
    schemas[name] = {}
    schemas[name] = describeMap(schema, schemas)
  }
  // The published form: a reference with siblings has to be wrapped.
  return { allOf: [{ $ref: `#/components/schemas/${name}` }] }
}

function describeMap(schema: MapSchema, schemas: Doc): Doc {
  const properties: Doc = {}
  for (const key of schema.fieldNames) {
    const field = schema.field(key)
    if (field) properties[key] = describe(field, schemas)
  }
  return {
    type: 'object',
    ...(schema.fieldNames.length > 0 ? { properties } : {}),
    ...(schema.required.length > 0 ? { required: schema.required } : {}),
    ...(schema.element ? { additionalProperties: describe(schema.element, schemas) } : {}),
    ...(schema.preserveUnknown ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
    ...(schema.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  }
}

function describeList(schema: ListSchema, schemas: Doc): Doc {
  return {
    type: 'array',
    items: describe(schema.element, schemas),
    'x-kubernetes-list-type': schema.type,
    ...(schema.keys.length > 0 ? { 'x-kubernetes-list-map-keys': schema.keys } : {}),
    ...(schema.patchKey ? { 'x-kubernetes-patch-merge-key': schema.patchKey } : {}),
    ...(schema.patchMerge ? { 'x-kubernetes-patch-strategy': 'merge' } : {}),
  }
}

function describeScalar({ type }: ScalarSchema): Doc {
  switch (type) {
    case 'int32':
    case 'int64':
      return { type: 'integer', format: type }
    case 'number':
    case 'boolean':
      return { type }
    case 'intOrString':
      return { 'x-kubernetes-int-or-string': true, format: 'int-or-string', type: 'string' }
    case 'bytes':
      return { type: 'string', format: 'byte' }
    case 'time':
    case 'microTime':
      return { type: 'string', format: 'date-time' }
    default:
      return { type: 'string' }
  }
}

/** `/openapi/v3`: where the documents are; the hash lets clients cache them. */
export function openApiIndex(kinds: readonly ResourceKind[], generation: number): Doc {
  const paths: Doc = {}
  for (const kind of kinds) {
    const path = kind.group === '' ? `api/${kind.version}` : `apis/${apiVersionOf(kind)}`
    paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=simulated-${generation}` }
  }
  return { paths }
}
