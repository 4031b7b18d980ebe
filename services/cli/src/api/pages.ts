/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[]
  /** Absent at the end. */
  readonly nextCursor?: string
}

/** What to ask a list for. */
export interface PageQuery {
  readonly limit: number
  readonly cursor: string | undefined
}

export const pageLimits = { itemsPerPage: 200, itemsPerList: 100_000 } as const

/** The items of all pages, up to `limit`. An empty page ends the list, whatever its cursor says. */
export async function collectPages<Item>(
  fetchPage: (query: PageQuery) => Promise<Page<Item>>,
  limit: number = pageLimits.itemsPerList,
): Promise<Item[]> {
  const items: Item[] = []
  let cursor: string | undefined
  do {
    const page = await fetchPage({ limit: Math.min(pageLimits.itemsPerPage, limit - items.length), cursor })
    items.push(...page.items)
    cursor = page.items.length === 0 ? undefined : page.nextCursor
  } while (cursor !== undefined && items.length < limit)
  return items.slice(0, limit)
}
