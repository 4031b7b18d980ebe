import { fail } from './errors.ts'
import type { SortOptions } from './kustomization/types.ts'
import { type Gvk, type ResourceId, sameGvk } from './resources/id.ts'
import type { Resource } from './resources/resource.ts'
import type { ResourceSet } from './resources/resource-set.ts'
import { defaultKindOrder } from './transform/config.ts'

/** Puts the objects in the order in which they are printed: by kind unless the kustomization says `fifo`. */
export function sortResources(resources: ResourceSet, options: SortOptions | undefined): void {
  const order = options === undefined ? 'legacy' : options.order
  if (order !== 'legacy' && order !== 'fifo')
    fail('sortOptions.order must be legacy or fifo', { ...options?.at, field: 'sortOptions.order' })
  if (order === 'fifo') {
    if (options?.legacy !== undefined)
      fail('legacySortOptions need the order legacy', {
        ...options.at,
        field: 'sortOptions.legacySortOptions',
      })
    return
  }
  const { first, last } = options?.legacy ?? defaultKindOrder
  const ranks = new Map<string, number>([
    ...first.map((kind, index): [string, number] => [kind, index - first.length]),
    ...last.map((kind, index): [string, number] => [kind, index + 1]),
  ])
  const sorted = resources.all
    .map((resource) => ({ resource, id: resource.id }))
    .sort((a, b) => compare(a.id, b.id, ranks))
    .map(({ resource }): Resource => resource)
  resources.reorder(sorted)
}

function compare(a: ResourceId, b: ResourceId, ranks: ReadonlyMap<string, number>): number {
  if (sameGvk(a, b)) return byText(nameText(a), nameText(b))
  const rank = (ranks.get(a.kind) ?? 0) - (ranks.get(b.kind) ?? 0)
  return rank === 0 ? byText(kindText(a), kindText(b)) : rank
}

function kindText({ group, version, kind }: Gvk): string {
  return `${group || '~G'}_${version || '~V'}_${kind || '~K'}`
}

function nameText({ namespace, name }: ResourceId): string {
  return `${namespace || '~X'}|${name || '~N'}`
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
