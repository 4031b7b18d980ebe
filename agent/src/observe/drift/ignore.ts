import type { DriftIgnore, ObjectRef, ObjectTarget } from '@roadstead/proto'
import type { LiveObject } from '../../kube/index.ts'
import type { Difference } from './compare.ts'
import { ownsPath } from './fields.ts'

/** What is left of the differences once the app's `ignore` rules are taken out. */
export function unignored(
  differences: readonly Difference[],
  ref: ObjectRef,
  live: LiveObject,
  rules: readonly DriftIgnore[],
): Difference[] {
  const relevant = rules.filter(({ target }) => !target || matchesTarget(ref, target))
  return differences.filter((difference) => !relevant.some((rule) => ignores(rule, difference, live)))
}

function ignores(rule: DriftIgnore, { pointer, path }: Difference, live: LiveObject): boolean {
  if (rule.pointers?.some((pattern) => coversPointer(pattern, pointer))) return true
  const managers = new Set(rule.managers)
  if (managers.size === 0) return false
  return (live.metadata.managedFields ?? []).some(
    ({ manager, fieldsV1 }) => manager !== undefined && managers.has(manager) && ownsPath(fieldsV1, path),
  )
}

export const matchesTarget = (ref: ObjectRef, target: ObjectTarget): boolean =>
  (target.group ?? ref.group) === ref.group &&
  (target.kind ?? ref.kind) === ref.kind &&
  (target.namespace ?? ref.namespace) === ref.namespace &&
  (target.name ?? ref.name) === ref.name

/** Whether a pointer is the pattern or lies below it; `*` in the pattern is any one segment. */
export function coversPointer(pattern: string, pointer: string): boolean {
  const wanted = pattern.split('/')
  const actual = pointer.split('/')
  return (
    wanted.length <= actual.length && wanted.every((part, index) => part === '*' || part === actual[index])
  )
}
