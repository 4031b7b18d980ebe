/**
 * Generates `generated/types.json` from the Kubernetes sources (run by hand, its result is committed):
 *
 *     go mod download -json k8s.io/kubernetes@v1.34.2 k8s.io/api@v0.34.2 … | grep Dir
 *     node test/sim/schema/generate.ts <kubernetes-dir> <api-dir> <apimachinery-dir> <apiextensions-apiserver-dir>
 *
 * Two sources, because neither tells everything: `swagger.json` has the types, list types and merge keys;
 * the Go structs tell what survives a round trip through the API server (a `string,omitempty` loses an empty
 * string, a `*string` keeps it), which is where false drift comes from.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { KINDS } from '../resources/builtin.ts'
import type { FieldRow, ListRow, ProtoField, TypeRow, TypeTable } from './table.ts'

interface Property {
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly items?: Property
  readonly additionalProperties?: Property
  readonly [extension: `x-kubernetes-${string}`]: unknown
}
interface Definition extends Property {
  readonly properties?: Record<string, Property>
  readonly required?: string[]
}

interface GoField {
  readonly type: string
  readonly json: string
  readonly behaviour: 'omit' | 'emit' | 'keep'
  /** Protobuf field number. */
  readonly number: number | undefined
}

/** Fields of Go structs, by `<group>.<version>.<struct>`. */
type GoFields = Map<string, readonly GoField[]>

/** Types that are no kinds but come as request bodies. */
const BODIES = ['io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions', 'io.k8s.api.autoscaling.v1.Scale']

const SCALARS: Record<string, string> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microTime',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'any',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSON': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray': 'any',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrStringArray': 'any',
}

const refName = (ref: string) => ref.replace('#/definitions/', '')

function scalarOf(property: Property): string {
  if (property.type === 'string') return property.format === 'byte' ? 'bytes' : 'string'
  if (property.type === 'integer') return property.format === 'int64' ? 'int64' : 'int32'
  if (property.type === 'boolean' || property.type === 'number') return property.type
  return 'any'
}

function rowOf(property: Property): FieldRow {
  if (property.$ref) {
    const name = refName(property.$ref)
    return SCALARS[name] ?? `#${name}`
  }
  if (property.type === 'array') return listRow(property)
  if (property.type === 'object' && property.additionalProperties) {
    return { map: rowOf(property.additionalProperties) }
  }
  return scalarOf(property)
}

function listRow(property: Property): ListRow {
  const keys = property['x-kubernetes-list-map-keys'] as string[] | undefined
  const patchKey = property['x-kubernetes-patch-merge-key'] as string | undefined
  const strategy = property['x-kubernetes-patch-strategy'] as string | undefined
  return {
    list: rowOf(property.items ?? {}),
    ...(property['x-kubernetes-list-type']
      ? { type: property['x-kubernetes-list-type'] as ListRow['type'] }
      : {}),
    ...(keys ? { keys } : {}),
    ...(patchKey ? { patchKey } : {}),
    ...(strategy ? { strategy } : {}),
  } as ListRow
}

/** Reads Go struct declarations: enough of the language for `types.go` files, no more. */
function readGoFields(directory: string, into: GoFields): void {
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/^(types.*|intstr|micro_time|time)\.go$/.test(entry.name)) continue
    const source = readFileSync(join(entry.parentPath, entry.name), 'utf8')
    const scope = entry.parentPath.split('/').slice(-2).join('.')
    for (const [, name, body] of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      into.set(`${scope}.${name}`, [...(body ?? '').matchAll(GO_FIELD)].map(readGoField))
    }
  }
}

/** `Name Type` or an embedded `Type`, then the tags. */
const GO_FIELD = /^\t(?:\w+\s+)?(\S+)\s+`json:"([^",]*)((?:,\w+)*)"(?:[^`\n]*?protobuf:"\w+,(\d+))?/gm

function readGoField([, type = '', json = '', options = '', number]: RegExpMatchArray): GoField {
  return { type, json, behaviour: goBehaviour(type, options), number: number ? Number(number) : undefined }
}

/** The fields of a message in the order of their numbers; embedded structs become nested lists. */
function protoFields(go: GoFields, struct: string): ProtoField[] {
  const list: ProtoField[] = []
  for (const field of go.get(struct) ?? []) {
    if (field.number === undefined) continue
    while (list.length < field.number) list.push(null)
    list[field.number - 1] = field.json || protoFields(go, embeddedName(struct, field.type))
  }
  return list
}

/** `VolumeSource` is of the same package, `v1.LocalObjectReference` of core/v1. */
function embeddedName(struct: string, type: string): string {
  const scope = struct.slice(0, struct.lastIndexOf('.'))
  return type.includes('.') ? `core.v1.${type.split('.').at(-1)}` : `${scope}.${type}`
}

function goBehaviour(type: string, options: string): 'omit' | 'emit' | 'keep' {
  if (type.startsWith('*') || options.includes('omitzero')) return 'keep'
  return options.includes('omitempty') ? 'omit' : 'emit'
}

function typeRow(name: string, definition: Definition, go: GoFields): TypeRow {
  const struct = name.split('.').slice(-3).join('.')
  const behaviours = new Map(go.get(struct)?.map((field) => [field.json, field.behaviour]))
  const proto = protoFields(go, struct)
  const fields: Record<string, FieldRow> = {}
  const omit: string[] = []
  const emit: string[] = []
  for (const [field, property] of Object.entries(definition.properties ?? {})) {
    const row = rowOf(property)
    fields[field] = row
    const behaviour = behaviours.get(field) ?? 'keep'
    // encoding/json never omits a struct for `omitempty`: it writes {} (status: {}, resources: {}).
    const isStruct = typeof row === 'string' && (row.startsWith('#') || row === 'time' || row === 'microTime')
    if (isStruct ? behaviour !== 'keep' : behaviour === 'emit') emit.push(field)
    else if (behaviour === 'omit') omit.push(field)
  }
  const retain = Object.entries(definition.properties ?? {}).filter(
    ([, p]) => p['x-kubernetes-patch-strategy'] === 'retainKeys',
  )
  const atomicFields = Object.entries(definition.properties ?? {}).filter(
    ([, p]) => p['x-kubernetes-map-type'] === 'atomic',
  )
  return {
    fields,
    ...(definition.required ? { required: definition.required } : {}),
    ...(omit.length ? { omit } : {}),
    ...(emit.length ? { emit } : {}),
    ...(proto.length ? { proto } : {}),
    ...(retain.length ? { retainKeys: retain.map(([field]) => field) } : {}),
    ...(atomicFields.length ? { atomicFields: atomicFields.map(([field]) => field) } : {}),
    ...(definition['x-kubernetes-map-type'] === 'atomic' ? { atomic: true } : {}),
  }
}

function referenced(row: FieldRow): string[] {
  if (typeof row === 'string') return row.startsWith('#') ? [row.slice(1)] : []
  return referenced('list' in row ? row.list : row.map)
}

function main([kubernetes, ...goDirectories]: string[]): void {
  if (!kubernetes) throw new Error('usage: generate.ts <kubernetes-dir> <go-module-dir>…')
  const swagger = JSON.parse(readFileSync(join(kubernetes, 'api/openapi-spec/swagger.json'), 'utf8'))
  const go: GoFields = new Map()
  for (const directory of goDirectories) readGoFields(directory, go)
  const table: Record<string, TypeRow> = {}
  const todo = [...KINDS.map((kind) => kind.type), ...BODIES]
  for (let name = todo.pop(); name; name = todo.pop()) {
    if (table[name]) continue
    const definition = swagger.definitions[name]
    if (!definition) throw new Error(`swagger.json has no definition ${name}`)
    const row = typeRow(name, definition, go)
    table[name] = row
    for (const field of Object.values(row.fields)) todo.push(...referenced(field))
  }
  const sorted: TypeTable = Object.fromEntries(Object.entries(table).sort(([a], [b]) => (a < b ? -1 : 1)))
  const lines = Object.entries(sorted).map(([name, row]) => `${JSON.stringify(name)}:${JSON.stringify(row)}`)
  writeFileSync(new URL('generated/types.json', import.meta.url), `{\n${lines.join(',\n')}\n}\n`)
}

main(process.argv.slice(2))
