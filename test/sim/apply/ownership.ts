/**
 * Field ownership over writes: server-side apply and its conflicts, and what an ordinary write takes over
 * (structured-merge-diff merge/update.go, apimachinery pkg/util/managedfields).
 */
import { ApiError, badRequest } from '../api/errors.ts'
import type { Json, MapSchema } from '../schema/schema.ts'
import { type KubeObject, type ManagedFieldsEntry, withoutMeta } from '../store/object.ts'
import { SchemaError } from './element.ts'
import { equal } from './equal.ts'
import {
  difference,
  EMPTY,
  equalSets,
  type FieldSet,
  intersection,
  isEmpty,
  paths,
  printPath,
  recursiveDifference,
  union,
} from './fieldset.ts'
import {
  capUpdaters,
  type Manager,
  managerId,
  type Owned,
  type Ownership,
  readOwnership,
  writeOwnership,
} from './managed.ts'
import { merge } from './merge.ts'
import { compare, ensureNamedMembers, removeFields, toFieldSet, validateTyped } from './typed.ts'

/** Fields no manager ever owns. */
const META_FIELDS = [
  'name',
  'namespace',
  'creationTimestamp',
  'selfLink',
  'uid',
  'clusterName',
  'generation',
  'managedFields',
  'resourceVersion',
]
const STRIPPED: FieldSet = {
  members: new Set(['f:apiVersion', 'f:kind', 'f:metadata']),
  children: new Map([
    ['f:metadata', { members: new Set(META_FIELDS.map((f) => `f:${f}`)), children: new Map() }],
  ]),
}

/** Fields a write to the main resource or to a subresource cannot set, and therefore not own. */
function resetFields(subresource: string, hasStatus: boolean): FieldSet {
  if (subresource === 'status') return { members: new Set(['f:spec']), children: new Map() }
  return hasStatus ? { members: new Set(['f:status']), children: new Map() } : EMPTY
}

export interface Write {
  readonly schema: MapSchema
  readonly manager: Manager
  readonly hasStatus: boolean
  /** What a new object of the kind is before anything is set: fields it already has do not count as added. */
  readonly empty: Json
  /** The namespace an applied configuration itself names, for messages. */
  readonly namespaceGiven?: string | undefined
  /** RFC 3339, whole seconds. */
  readonly now: string | undefined
}

/** The object after an ordinary write, with managedFields brought up to date. */
export function updateOwnership(write: Write, live: KubeObject | undefined, next: KubeObject): KubeObject {
  const given = next.metadata.managedFields
  // An empty list in the request resets ownership; absent means: as it was.
  const reset = Array.isArray(given) && given.length === 0
  const before = readOwnership(reset ? [] : live?.metadata.managedFields)
  const bare = withoutMeta(next, 'managedFields')
  if (live && (reset || before.size === 0)) return bare
  const entries = entriesAfter(write, live, bare, before)
  return entries.length > 0 ? withEntries(bare, entries) : bare
}

function entriesAfter(write: Write, live: KubeObject | undefined, next: KubeObject, before: Ownership) {
  try {
    return writeOwnership(afterUpdate(write, live, next, before))
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    // An object that does not fit its schema is refused by validation, with better words.
    return live?.metadata.managedFields ?? []
  }
}

function afterUpdate(
  write: Write,
  live: KubeObject | undefined,
  next: KubeObject,
  before: Ownership,
): Ownership {
  const id = managerId(write.manager)
  const old = live ? withoutMeta(live, 'managedFields') : write.empty
  const reset = resetFields(write.manager.subresource, write.hasStatus)
  const diff = compare(write.schema, old, next)
  const changed = recursiveDifference(union(diff.modified, diff.added), reset)
  const removed = recursiveDifference(diff.removed, reset)
  const after = takeFrom(before, id, union(changed, removed))
  const mine = before.get(id)
  const set = difference(union(difference(mine?.set ?? EMPTY, removed), changed), STRIPPED)
  if (isEmpty(set)) after.delete(id)
  else {
    // Only taking fields counts as an act; losing some does not move the time.
    const took = !isEmpty(difference(changed, STRIPPED))
    after.set(id, { ...write.manager, set, time: took || !mine ? write.now : mine.time })
  }
  return capUpdaters(after)
}

/** Everyone but one manager loses these fields. */
function takeFrom(ownership: Ownership, except: string, fields: FieldSet): Ownership {
  const after: Ownership = new Map()
  for (const [id, owned] of ownership) {
    const set = id === except ? owned.set : difference(owned.set, fields)
    if (!isEmpty(set)) after.set(id, set === owned.set ? owned : { ...owned, set })
  }
  return after
}

/**
 * The live object after a server-side apply, or undefined when applying changes neither a field nor an owner.
 * Throws the API server's 409 when other managers own what would change and `force` is not given.
 */
export function applyConfiguration(
  write: Write,
  live: KubeObject | undefined,
  config: KubeObject,
  force: boolean,
): KubeObject | undefined {
  if (config.metadata?.managedFields !== undefined) throw badRequest('metadata.managedFields must be nil')
  const who = `${write.namespaceGiven ?? ''}/${config.metadata?.name ?? ''}; ${gvk(config)}`
  const applied = typedSet(write, config, who)
  const id = managerId(write.manager)
  const before = withFirstApply(write, live)
  const last = before.get(id)
  const bareLive = live ? withoutMeta(live, 'managedFields') : undefined
  const ownership = new Map(before).set(id, { ...write.manager, set: applied, time: last?.time })

  let next = merge(write.schema, bareLive, config) as KubeObject
  if (last) next = prune(write.schema, next, ownership, last.set) as KubeObject
  const diff = compare(write.schema, bareLive ?? {}, next)
  const changed = recursiveDifference(
    union(diff.modified, diff.added),
    resetFields(write.manager.subresource, write.hasStatus),
  )
  if (!force) throwConflicts(conflictsOf(ownership, id, changed, write, live))
  const after = takeFrom(ownership, id, union(changed, diff.removed))

  const unchanged = bareLive !== undefined && equal(bareLive, next)
  const mine = difference(applied, STRIPPED)
  const sameOwner = last !== undefined && equalSets(last.set, mine)
  if (isEmpty(mine)) after.delete(id)
  else after.set(id, { ...write.manager, set: mine, time: unchanged ? last?.time : write.now })
  if (unchanged && sameOwner && last.apiVersion === write.manager.apiVersion) return undefined
  const entries = writeOwnership(after)
  return entries.length > 0 ? withEntries(next, entries) : next
}

const withEntries = (object: KubeObject, managedFields: readonly ManagedFieldsEntry[]): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, managedFields },
})

function typedSet(write: Write, config: KubeObject, who: string): FieldSet {
  try {
    validateTyped(write.schema, config)
    const set = toFieldSet(write.schema, config)
    return recursiveDifference(set, resetFields(write.manager.subresource, write.hasStatus))
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error
    // kube-apiserver lets this plain error through, which makes it a 500.
    throw new ApiError(500, '', `failed to create typed patch object (${who}): ${error.message}`)
  }
}

function gvk(object: KubeObject): string {
  const slash = object.apiVersion?.indexOf('/') ?? -1
  const group = slash < 0 ? '' : object.apiVersion.slice(0, slash)
  return `${group}/${object.apiVersion?.slice(slash + 1)}, Kind=${object.kind}`
}

/** An object nobody tracked so far: its present fields are kept for `before-first-apply`. */
function withFirstApply(write: Write, live: KubeObject | undefined): Ownership {
  const before = readOwnership(live?.metadata.managedFields)
  if (!live || before.size > 0) return before
  const manager: Manager = { ...write.manager, name: 'before-first-apply', operation: 'Update' }
  return afterUpdate({ ...write, manager }, undefined, withoutMeta(live, 'managedFields'), before)
}

/** Takes away what this applier applied last time, does not apply now, and no one else owns. */
function prune(schema: MapSchema, merged: unknown, ownership: Ownership, last: FieldSet): unknown {
  const named = (set: FieldSet) => ensureNamedMembers(schema, set)
  const lastNamed = named(last)
  const mergedSet = named(toFieldSet(schema, merged))
  let pruned = removeFields(schema, merged, lastNamed)
  let owned = EMPTY
  for (const other of ownership.values()) owned = union(owned, other.set)
  const keep = union(named(toFieldSet(schema, pruned ?? {})), named(owned))
  pruned = removeFields(schema, merged, difference(mergedSet, keep))
  const gone = difference(mergedSet, named(toFieldSet(schema, pruned ?? {})))
  return removeFields(schema, merged, intersection(gone, lastNamed))
}

interface Conflict {
  readonly manager: string
  readonly path: string
}

function conflictsOf(
  ownership: Ownership,
  applier: string,
  changed: FieldSet,
  write: Write,
  live: KubeObject | undefined,
): Conflict[] {
  const conflicts: Conflict[] = []
  const set: { owned: Owned; fields: FieldSet }[] = []
  for (const [id, owned] of ownership) {
    if (id === applier) continue
    const fields = intersection(owned.set, changed)
    if (!isEmpty(fields)) set.push({ owned, fields })
  }
  if (write.manager.name === 'kubectl' && set.length > 0 && lastAppliedAllows(write.schema, live, set))
    return []
  for (const { owned, fields } of set) {
    for (const path of paths(fields)) conflicts.push({ manager: printManager(owned), path: printPath(path) })
  }
  return conflicts
}

/** `kubectl apply --server-side` after client-side apply: its own earlier fields are no conflict. */
function lastAppliedAllows(
  schema: MapSchema,
  live: KubeObject | undefined,
  conflicts: readonly { fields: FieldSet }[],
): boolean {
  const text = live?.metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration']
  if (!live || !text) return false
  const last = JSON.parse(text) as KubeObject
  if (last.apiVersion !== live.apiVersion) return false
  const diff = compare(schema, last, live)
  const allowed = difference(difference(toFieldSet(schema, last), diff.modified), diff.removed)
  return conflicts.every(({ fields }) => isEmpty(difference(fields, allowed)))
}

function printManager(owned: Owned): string {
  const name = owned.subresource
    ? `${JSON.stringify(owned.name)} with subresource ${JSON.stringify(owned.subresource)}`
    : JSON.stringify(owned.name)
  return owned.operation === 'Update' ? `${name} using ${owned.apiVersion}` : name
}

function throwConflicts(conflicts: readonly Conflict[]): void {
  if (conflicts.length === 0) return
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field: path,
  }))
  throw new ApiError(409, 'Conflict', conflictMessage(conflicts), { causes })
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [only] = conflicts
  if (conflicts.length === 1 && only) {
    return `Apply failed with 1 conflict: conflict with ${only.manager}: ${only.path}`
  }
  const lines: string[] = []
  for (const manager of [...new Set(conflicts.map((conflict) => conflict.manager))].sort()) {
    lines.push(`conflicts with ${manager}:`)
    for (const conflict of conflicts) if (conflict.manager === manager) lines.push(`- ${conflict.path}`)
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`
}
