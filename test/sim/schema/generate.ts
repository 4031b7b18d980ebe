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
import type { FieldRow, ListRow, TypeRow, TypeTable } from './table.ts'

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

/** `struct field (JSON name)` → how Go writes it back. */
type GoFields = Map<string, Map<string, 'omit' | 'emit' | 'keep'>>

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
    for (const struct of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      const fields = new Map<string, 'omit' | 'emit' | 'keep'>()
      const body = struct[2] ?? ''
      for (const field of body.matchAll(/^\t(?:\w+\s+)?(\S+)\s+`json:"([^",]*)((?:,\w+)*)"/gm)) {
        fields.set(field[2] ?? '', goBehaviour(field[1] ?? '', field[3] ?? ''))
      }
      into.set(`${scope}.${struct[1]}`, fields)
    }
  }
}

function goBehaviour(type: string, options: string): 'omit' | 'emit' | 'keep' {
  if (type.startsWith('*') || options.includes('omitzero')) return 'keep'
  return options.includes('omitempty') ? 'omit' : 'emit'
}

function typeRow(name: string, definition: Definition, go: GoFields): TypeRow {
  const goFields = go.get(name.split('.').slice(-3).join('.'))
  const fields: Record<string, FieldRow> = {}
  const omit: string[] = []
  const emit: string[] = []
  for (const [field, property] of Object.entries(definition.properties ?? {})) {
    const row = rowOf(property)
    fields[field] = row
    const behaviour = goFields?.get(field) ?? 'keep'
    // encoding/json never omits a struct for `omitempty`: it writes {} (status: {}, resources: {}).
    const struct = typeof row === 'string' && (row.startsWith('#') || row === 'time' || row === 'microTime')
    if (struct ? behaviour !== 'keep' : behaviour === 'emit') emit.push(field)
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
  const todo = KINDS.map((kind) => kind.type)
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
