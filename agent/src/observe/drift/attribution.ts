import { fieldManager, type LiveObject } from '../../kube/index.ts'
import type { Difference } from './compare.ts'
import { ownsPath } from './fields.ts'

export interface Culprit {
  readonly manager: string
  readonly at: string | undefined
}

/**
 * Who changed these fields: the manager that owns one of them now; of several, the one who wrote last. A
 * field that was removed has no owner any more, so then it is whoever wrote last at all. The times are
 * the API server's, in seconds.
 */
export function culpritOf(live: LiveObject, differences: readonly Difference[]): Culprit | undefined {
  const others = (live.metadata.managedFields ?? []).filter(
    ({ manager, subresource }) =>
      manager !== undefined && manager !== fieldManager && subresource !== 'status',
  )
  const owners = others.filter(({ fieldsV1 }) => differences.some(({ path }) => ownsPath(fieldsV1, path)))
  const newest = (owners.length > 0 ? owners : others).toSorted((a, b) =>
    (a.time ?? '') < (b.time ?? '') ? 1 : -1,
  )[0]
  return newest && { manager: newest.manager ?? 'unknown', at: newest.time }
}
