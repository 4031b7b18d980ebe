import type { ResourceKind } from '../resources/kind.ts'
import { isMap } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { age } from './age.ts'
import { COLUMNS } from './columns.ts'

export interface Column {
  readonly name: string
  readonly type?: 'string' | 'integer' | 'boolean' | 'date' | 'number'
  /** 1: only shown by `kubectl get -o wide`. */
  readonly priority?: number
  cell(object: KubeObject): unknown
}

const NAME: Column = { name: 'Name', cell: (object) => object.metadata.name }
const AGE: Column = { name: 'Age', cell: (object) => age(object.metadata.creationTimestamp) }

/** The columns of a kind: built-in ones as kubectl's users know them, custom ones as their definition says. */
export function columnsOf(kind: ResourceKind): readonly Column[] {
  const columns = kind.custom ? customColumns(kind) : COLUMNS[kind.kind]
  return [NAME, ...(columns ?? [AGE])]
}

function customColumns(kind: ResourceKind): readonly Column[] | undefined {
  const declared = kind.custom?.columns ?? []
  if (declared.length === 0) return undefined
  return declared.map((column) => ({
    name: column.name,
    type: column.type as NonNullable<Column['type']>,
    priority: column.priority ?? 0,
    cell: (object) => {
      const value = jsonPath(object, column.jsonPath)
      return column.type === 'date' && typeof value === 'string' ? age(value) : (value ?? null)
    },
  }))
}

/** The JSON paths additionalPrinterColumns use: `.a.b`, `.a[0]`, `.a["b"]`, `.conditions[?(@.type=="Ready")].status`. */
export function jsonPath(object: unknown, path: string): unknown {
  let value = object
  const steps = path.matchAll(
    /\.([A-Za-z0-9_-]+(?:\\\.[A-Za-z0-9_-]+)*)|\[(\d+)\]|\[['"]([^'"]+)['"]\]|\[\?\(@\.(\w+)\s*==\s*['"]([^'"]*)['"]\)\]/g,
  )
  for (const [, field, index, quoted, key, wanted] of steps) {
    if (key !== undefined)
      value = Array.isArray(value) ? value.find((one) => isMap(one) && one[key] === wanted) : undefined
    else if (index !== undefined) value = Array.isArray(value) ? value[Number(index)] : undefined
    else value = isMap(value) ? value[(field?.replaceAll('\\.', '.') ?? quoted) as string] : undefined
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value
}

export function tableOf(
  columns: readonly Column[],
  rows: unknown[],
  metadata: Record<string, unknown>,
): unknown {
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map((column) => ({
      name: column.name,
      type: column.type ?? 'string',
      format: column.name === 'Name' ? 'name' : '',
      description: '',
      priority: column.priority ?? 0,
    })),
    rows,
  }
}

export function rowOf(columns: readonly Column[], object: KubeObject, include: string): unknown {
  const cells = columns.map((column) => column.cell(object))
  if (include === 'None') return { cells }
  if (include === 'Object') return { cells, object }
  const { metadata } = object
  return { cells, object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata } }
}
