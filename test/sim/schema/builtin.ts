import table from './generated/types.json' with { type: 'json' }
import { ANY, type ListSchema, type MapSchema, type ScalarType, type Schema } from './schema.ts'
import type { FieldRow, ListRow, TypeRow, TypeTable } from './table.ts'

const TABLE = table as unknown as TypeTable
const cache = new Map<string, MapSchema>()

/** The schema of a built-in type by its OpenAPI name, such as `io.k8s.api.apps.v1.Deployment`. */
export function builtinSchema(type: string): MapSchema {
  const known = cache.get(type)
  if (known) return known
  const row = TABLE[type]
  if (!row) throw new Error(`no type ${type} in the generated table: run schema/generate.ts`)
  const schema = fromRow(type, row)
  cache.set(type, schema)
  return schema
}

export const builtinTypeNames = (): string[] => Object.keys(TABLE)

export const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

function fromRow(name: string, row: TypeRow): MapSchema {
  const fields = new Map<string, Schema>()
  const atomic = new Set(row.atomicFields)
  return {
    form: 'map',
    name,
    fieldNames: Object.keys(row.fields),
    field(key) {
      const known = fields.get(key)
      if (known || !Object.hasOwn(row.fields, key)) return known
      const schema = schemaOf(row.fields[key] as FieldRow, atomic.has(key))
      fields.set(key, schema)
      return schema
    },
    atomic: row.atomic ?? false,
    required: row.required ?? [],
    omit: new Set(row.omit),
    emit: new Set(row.emit),
    retainKeys: new Set(row.retainKeys),
  }
}

function schemaOf(row: FieldRow, atomic = false): Schema {
  if (typeof row === 'string') {
    if (row === 'any') return ANY
    return row.startsWith('#') ? builtinSchema(row.slice(1)) : { form: 'scalar', type: row as ScalarType }
  }
  if ('list' in row) return listOf(row)
  return {
    form: 'map',
    field: () => undefined,
    fieldNames: [],
    element: schemaOf(row.map),
    atomic,
    required: [],
    omit: new Set(),
    emit: new Set(),
    retainKeys: new Set(),
  }
}

function listOf(row: ListRow): ListSchema {
  const keys = row.keys ?? []
  return {
    form: 'list',
    element: schemaOf(row.list),
    type: row.type ?? 'atomic',
    keys,
    keyDefaults: keyDefaults(row.list, keys),
    patchMerge: row.strategy?.includes('merge') ?? false,
    ...(row.patchKey ? { patchKey: row.patchKey } : {}),
  }
}

/** A key left out stands for its default: TCP for protocols, the zero value where Go always writes one. */
function keyDefaults(element: FieldRow, keys: readonly string[]): Record<string, unknown> {
  const defaults: Record<string, unknown> = {}
  const row = typeof element === 'string' && element.startsWith('#') ? TABLE[element.slice(1)] : undefined
  for (const key of keys) {
    if (key === 'protocol') defaults[key] = 'TCP'
    else if (row?.emit?.includes(key)) defaults[key] = row.fields[key] === 'string' ? '' : 0
  }
  return defaults
}
