import { canonicalJson, type DriftField, type Json, limits } from '@roadstead/proto'
import type { LiveObject } from '../../kube/index.ts'
import { isSecret, kept, readBaseline } from './baseline.ts'
import { fieldsIn, ownFields, ownsPath, sameJson } from './fields.ts'

/** A field of ours whose value is not what it was after we applied it. */
export interface Difference {
  readonly path: readonly string[]
  readonly pointer: string
  readonly desired: Json | undefined
  readonly live: Json | undefined
}

/**
 * Compares what we own with what is there. Fields that we do not own can not differ.
 *
 * A scalar differs when its value does. An object or list that we own as one leaf (`emptyDir: {}`, an
 * atomic list) differs only if we have also lost it: the server takes a field from us when somebody else
 * changes it, whereas what a controller fills into a `{}` of ours is its own.
 */
export function compare(baseline: string, live: LiveObject): Difference[] {
  const { fields, values } = readBaseline(baseline)
  const hidden = isSecret(live)
  const stillOurs = ownFields(live)
  const differences: Difference[] = []
  let index = 0
  for (const { path, pointer, value } of fieldsIn(live, fields)) {
    const desired = values[index] ?? undefined
    const seen = kept(value, pointer, hidden)
    index += 1
    if (sameJson(desired, seen)) continue
    const composite = typeof desired === 'object' || typeof value === 'object'
    if (composite && seen !== undefined && ownsPath(stillOurs, path)) continue
    differences.push({ path, pointer, desired, live: seen })
  }
  return differences
}

/** Differences as a report names them. */
export const reportedFields = (differences: readonly Difference[]): DriftField[] =>
  differences.slice(0, limits.fieldsPerDrift).map(({ pointer, desired, live }) => ({
    path: pointer.slice(0, 2_048),
    ...(desired === undefined ? {} : { desired: canonicalJson(desired) }),
    ...(live === undefined ? {} : { live: canonicalJson(live) }),
  }))
