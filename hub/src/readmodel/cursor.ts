import { RoadsteadError } from '@roadstead/proto'
import type { Page } from './types.ts'

/** What a page ends with: the sort key of its last item. */
export type Key = readonly (string | number)[]

/**
 * A page made of one row more than it may show: the surplus says that more follows. The cursor is the key
 * of the last row shown, so that rows that come or go in between move nothing.
 */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
  keyOf: (row: Row) => Key,
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const items = shown.map(toItem)
  return rows.length > limit && last !== undefined
    ? { items, nextCursor: encodeCursor(keyOf(last)) }
    : { items }
}

const encodeCursor = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url')

/**
 * The key inside a cursor.
 *
 * @param shape one sample of each part, for their types
 * @throws RoadsteadError `bad-request` for what is no cursor of this list
 */
export function decodeCursor<const Shape extends Key>(
  cursor: string | undefined,
  shape: Shape,
): { -readonly [K in keyof Shape]: Shape[K] extends number ? number : string } | undefined {
  if (cursor === undefined) return undefined
  const key = parse(cursor)
  const fits =
    Array.isArray(key) &&
    key.length === shape.length &&
    key.every((part, index) => typeof part === typeof shape[index] && storable(part))
  if (!fits) throw foreignCursor()
  return key as { -readonly [K in keyof Shape]: Shape[K] extends number ? number : string }
}

export const foreignCursor = (): RoadsteadError =>
  new RoadsteadError('bad-request', 'the cursor is not one that this list gave')

const storable = (part: unknown): boolean =>
  typeof part === 'number' ? Number.isSafeInteger(part) : !(part as string).includes('\0')

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}
