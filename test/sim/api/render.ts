import type { ResourceKind } from '../resources/kind.ts'
import type { KubeObject } from '../store/object.ts'
import { type ListResult, listMeta } from './list.ts'
import type { ApiRequest } from './request.ts'
import { columnsOf, rowOf, tableOf } from './table.ts'
import type { Render } from './watch.ts'

/** The form the Accept header asks for first: whole objects, a Table, or metadata only. */
function formOf(request: ApiRequest): 'object' | 'table' | 'metadata' {
  const accept = String(request.headers.accept ?? '')
  const first = accept.split(',')[0] ?? ''
  if (/as=Table\b/.test(first) && !/v=v1beta1/.test(first)) return 'table'
  return /as=PartialObjectMetadata/.test(first) ? 'metadata' : 'object'
}

/** How single objects (and watch events) are shown; undefined: as they are. */
export function renderFor(request: ApiRequest, kind: ResourceKind): Render | undefined {
  const form = formOf(request)
  if (form === 'object') return undefined
  if (form === 'metadata') return partial
  const columns = columnsOf(kind)
  const include = request.query.get('includeObject') ?? 'Metadata'
  return (object) =>
    tableOf(columns, [rowOf(columns, object, include)], { resourceVersion: object.metadata.resourceVersion })
}

export function renderList(request: ApiRequest, kind: ResourceKind, result: ListResult): unknown {
  const form = formOf(request)
  if (form === 'object') return undefined
  if (form === 'metadata') {
    return {
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: listMeta(result),
      items: result.items.map(partial),
    }
  }
  const columns = columnsOf(kind)
  const include = request.query.get('includeObject') ?? 'Metadata'
  return tableOf(
    columns,
    result.items.map((object) => rowOf(columns, object, include)),
    listMeta(result),
  )
}

const partial = (object: KubeObject) => ({
  kind: 'PartialObjectMetadata',
  apiVersion: 'meta.k8s.io/v1',
  metadata: object.metadata,
})
