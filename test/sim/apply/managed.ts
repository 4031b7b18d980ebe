/** managedFields in memory: who owns which fields, by manager, operation, version and subresource. */
import type { ManagedFieldsEntry } from '../store/object.ts'
import { type FieldSet, fromFieldsV1, isEmpty, toFieldsV1, union } from './fieldset.ts'

export interface Manager {
  readonly name: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
}

export interface Owned extends Manager {
  readonly set: FieldSet
  readonly time: string | undefined
}

/** Keyed by `managerId`. */
export type Ownership = Map<string, Owned>

/** An applier is one whatever version it applies at; an updater is another one at each version. */
export const managerId = (manager: Manager): string =>
  JSON.stringify([
    manager.operation,
    manager.name,
    manager.subresource,
    manager.operation === 'Apply' ? '' : manager.apiVersion,
  ])

export function readOwnership(entries: readonly ManagedFieldsEntry[] | undefined): Ownership {
  const ownership: Ownership = new Map()
  for (const entry of entries ?? []) {
    const owned: Owned = {
      name: entry.manager,
      operation: entry.operation,
      apiVersion: entry.apiVersion,
      subresource: entry.subresource ?? '',
      time: entry.time,
      set: fromFieldsV1(entry.fieldsV1),
    }
    const id = managerId(owned)
    const known = ownership.get(id)
    ownership.set(id, known ? { ...owned, set: union(known.set, owned.set) } : owned)
  }
  return ownership
}

export function writeOwnership(ownership: Ownership): ManagedFieldsEntry[] {
  return [...ownership.values()]
    .filter((owned) => !isEmpty(owned.set))
    .sort(inWireOrder)
    .map((owned) => ({
      manager: owned.name,
      operation: owned.operation,
      apiVersion: owned.apiVersion,
      ...(owned.time ? { time: owned.time } : {}),
      fieldsType: 'FieldsV1' as const,
      fieldsV1: toFieldsV1(owned.set),
      ...(owned.subresource ? { subresource: owned.subresource } : {}),
    }))
}

function inWireOrder(a: Owned, b: Owned): number {
  const order = (x: string, y: string) => (x < y ? -1 : x > y ? 1 : 0)
  return (
    order(a.operation, b.operation) ||
    order(a.time ?? '', b.time ?? '') ||
    order(a.name, b.name) ||
    order(a.apiVersion, b.apiVersion) ||
    order(a.subresource, b.subresource)
  )
}

/** Updaters kept apart; the oldest beyond this are put together under `ancient-changes`. */
const MAX_UPDATE_MANAGERS = 10

export function capUpdaters(ownership: Ownership): Ownership {
  const updaters = [...ownership].filter(([, owned]) => owned.operation === 'Update')
  let surplus = updaters.length - MAX_UPDATE_MANAGERS
  if (surplus <= 0) return ownership
  updaters.sort(([, a], [, b]) => ((a.time ?? '') < (b.time ?? '') ? -1 : 1))
  const capped = new Map(ownership)
  for (const [id, owned] of updaters) {
    if (surplus < 0) break
    const bucket: Owned = { ...owned, name: 'ancient-changes', subresource: '' }
    const known = capped.get(managerId(bucket))
    capped.delete(id)
    capped.set(managerId(bucket), known ? { ...bucket, set: union(known.set, owned.set) } : bucket)
    surplus--
  }
  return capped
}
