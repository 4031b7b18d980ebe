import { randomBytes, randomUUID } from 'node:crypto'
import { admitCreate, admitUpdate } from '../admission/admit.ts'
import { alreadyExists, badRequest, conflict, invalidObject, notFound } from '../api/errors.ts'
import { equal } from '../apply/equal.ts'
import { updateOwnership } from '../apply/ownership.ts'
import { apiVersionOf, groupResourceOf, type ResourceKind } from '../resources/kind.ts'
import { schemaOfKind } from '../resources/registry.ts'
import { decodeBuiltin } from '../schema/decode.ts'
import type { Json } from '../schema/schema.ts'
import { type KubeObject, withMeta, withoutMeta } from '../store/object.ts'
import { keyOf } from '../store/store.ts'
import { createFaults, updateFaults } from '../validate/index.ts'
import { type Context, timestamp, type WriteOptions } from './context.ts'
import { decodeObject } from './decode.ts'

/** The live object in the version it was asked for, or undefined. */
export function find(
  context: Context,
  kind: ResourceKind,
  namespace: string,
  name: string,
): KubeObject | undefined {
  const object = context.store.get(
    groupResourceOf(kind),
    keyOf(kind.namespaced ? namespace : undefined, name),
  )
  return object && inVersion(kind, object)
}

export function get(context: Context, kind: ResourceKind, namespace: string, name: string): KubeObject {
  const object = find(context, kind, namespace, name)
  if (!object) throw notFound(kind, name)
  return object
}

/** Custom objects are served in every version of their definition with only apiVersion changed. */
export function inVersion(kind: ResourceKind, object: KubeObject): KubeObject {
  const apiVersion = apiVersionOf(kind)
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion }
}

export function create(
  context: Context,
  kind: ResourceKind,
  namespace: string,
  body: Json,
  options: WriteOptions,
): KubeObject {
  const decoded = decodeObject(kind, body, options)
  if (decoded.metadata.resourceVersion)
    throw badRequest('resourceVersion should not be set on objects to be created')
  const named = withName(decoded, namespace, kind)
  const object = kind.status && !keepsStatusOnCreate(kind) ? withoutStatus(kind, named, undefined) : named
  return commitNew(
    context,
    kind,
    updateOwnership(ownershipWrite(context, kind, options), undefined, object),
    options,
  )
}

const keepsStatusOnCreate = (kind: ResourceKind) =>
  !kind.custom && (kind.kind === 'Event' || kind.kind === 'Node')

function withName(object: KubeObject, namespace: string, kind: ResourceKind): KubeObject {
  const { metadata } = object
  if (kind.namespaced && metadata.namespace && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  const generated = !metadata.name && metadata.generateName ? metadata.generateName + suffix() : metadata.name
  const meta = { ...metadata, name: generated ?? '', ...(kind.namespaced ? { namespace } : {}) }
  if (!kind.namespaced) delete (meta as Json).namespace
  return { ...object, metadata: meta }
}

/** Five letters as the API server appends to generateName: no vowels, nothing to misread. */
function suffix(): string {
  const letters = 'bcdfghjklmnpqrstvwxz2456789'
  return [...randomBytes(5)].map((byte) => letters[byte % letters.length]).join('')
}

/** Stores a new object whose ownership is settled. */
export function commitNew(
  context: Context,
  kind: ResourceKind,
  object: KubeObject,
  options: WriteOptions,
): KubeObject {
  if (find(context, kind, object.metadata.namespace ?? '', object.metadata.name)) {
    throw alreadyExists(kind, object.metadata.name)
  }
  const prepared = withMeta(
    withoutMeta(object, 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'),
    {
      uid: randomUUID(),
      creationTimestamp: timestamp(context.now()),
      ...(hasGeneration(kind) ? { generation: 1 } : {}),
    },
  )
  const admitted = admitCreate(context, kind, prepared)
  const faults = createFaults(kind, admitted)
  if (faults.length > 0) throw invalidObject(kind, admitted.metadata.name, faults)
  if (options.dryRun) return admitted
  return context.store.put(groupResourceOf(kind), admitted)
}

export function update(
  context: Context,
  kind: ResourceKind,
  namespace: string,
  name: string,
  body: Json,
  options: WriteOptions,
): KubeObject {
  const decoded = decodeObject(kind, body, options)
  if (decoded.metadata.name !== name) {
    const given = decoded.metadata.name ?? ''
    throw badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`)
  }
  const live = get(context, kind, namespace, name)
  const next = withName(decoded, namespace, kind)
  return replace(context, kind, live, next, options)
}

/** Puts a decoded object in the place of the live one, with everything a client may not change kept as it is. */
export function replace(
  context: Context,
  kind: ResourceKind,
  live: KubeObject,
  next: KubeObject,
  options: WriteOptions,
): KubeObject {
  checkPreconditions(kind, live, next)
  const kept = keepServerFields(kind, live, next, options)
  const owned = updateOwnership(ownershipWrite(context, kind, options), live, kept)
  return commitChange(context, kind, live, owned, options)
}

function checkPreconditions(kind: ResourceKind, live: KubeObject, next: KubeObject): void {
  const { name } = live.metadata
  const { resourceVersion, uid } = next.metadata
  if (uid && uid !== live.metadata.uid) {
    const text = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`
    throw conflict(kind, name, text)
  }
  if (resourceVersion && resourceVersion !== live.metadata.resourceVersion) {
    throw conflict(
      kind,
      name,
      'the object has been modified; please apply your changes to the latest version and try again',
    )
  }
}

const SERVER_META = [
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'generation',
  'resourceVersion',
] as const

export function keepServerFields(
  kind: ResourceKind,
  live: KubeObject,
  next: KubeObject,
  options: WriteOptions,
): KubeObject {
  const metadata: Json = { ...next.metadata }
  for (const field of SERVER_META) {
    if (live.metadata[field] === undefined) delete metadata[field]
    else metadata[field] = live.metadata[field]
  }
  const object = { ...next, metadata: metadata as unknown as KubeObject['metadata'] }
  if (options.subresource === 'status') return onlyStatus(live, object)
  return kind.status ? withoutStatus(kind, object, live) : object
}

/** A write to /status changes the status and the metadata, nothing else. */
function onlyStatus(live: KubeObject, next: KubeObject): KubeObject {
  const { status: _, ...rest } = live
  const object = { ...rest, metadata: next.metadata } as KubeObject
  return next.status === undefined ? object : { ...object, status: next.status }
}

/** A write to the object itself leaves the status as it was, or at what a new object of the kind starts with. */
function withoutStatus(kind: ResourceKind, next: KubeObject, live: KubeObject | undefined): KubeObject {
  const { status: _, ...rest } = next
  const initial = kind.custom ? undefined : (INITIAL_STATUS[kind.kind] ?? emptyStatus(kind))
  const status = live ? live.status : initial
  return status === undefined ? (rest as KubeObject) : ({ ...rest, status } as KubeObject)
}

const INITIAL_STATUS: Record<string, Json> = {
  Namespace: { phase: 'Active' },
  Pod: { phase: 'Pending', qosClass: 'BestEffort' },
  PersistentVolumeClaim: { phase: 'Pending' },
  PersistentVolume: { phase: 'Pending' },
}

function emptyStatus(kind: ResourceKind): unknown {
  const decoded = decodeObject(
    kind,
    {},
    { manager: '-', subresource: '', dryRun: true, validation: 'Ignore', warnings: [] },
  )
  return decoded.status
}

/** Stores a changed object whose ownership is settled; one that did not change keeps its resource version. */
export function commitChange(
  context: Context,
  kind: ResourceKind,
  live: KubeObject,
  next: KubeObject,
  options: WriteOptions,
): KubeObject {
  const admitted = admitUpdate(context, kind, live, next)
  const faults = updateFaults(kind, live, admitted, options.subresource)
  if (faults.length > 0) throw invalidObject(kind, live.metadata.name, faults)
  if (sameButTimes(live, admitted)) return live
  const bumped = bumpGeneration(kind, live, admitted)
  if (options.dryRun) return bumped
  const resource = groupResourceOf(kind)
  const key = keyOf(live.metadata.namespace, live.metadata.name)
  const stored = context.store.put(resource, bumped)
  const finished = stored.metadata.deletionTimestamp && !hasFinalizers(stored)
  return finished ? (context.store.remove(resource, key) ?? stored) : stored
}

export const hasFinalizers = (object: KubeObject): boolean =>
  (object.metadata.finalizers?.length ?? 0) > 0 ||
  (object.kind === 'Namespace' && ((object.spec as { finalizers?: string[] })?.finalizers?.length ?? 0) > 0)

/** A write that would change nothing but the times in managedFields is no write. */
function sameButTimes(live: KubeObject, next: KubeObject): boolean {
  const timeless = (object: KubeObject) =>
    withMeta(object, {
      managedFields: object.metadata.managedFields?.map(({ time: _, ...entry }) => entry) ?? [],
    })
  return equal(timeless(live), timeless(next))
}

const WITHOUT_GENERATION = new Set([
  'Namespace',
  'ConfigMap',
  'Secret',
  'Service',
  'ServiceAccount',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'Event',
  'Node',
  'LimitRange',
  'ResourceQuota',
  'Endpoints',
  'ControllerRevision',
  'Role',
  'RoleBinding',
  'ClusterRole',
  'ClusterRoleBinding',
  'HorizontalPodAutoscaler',
  'Lease',
  'StorageClass',
])

const hasGeneration = (kind: ResourceKind) => kind.custom !== undefined || !WITHOUT_GENERATION.has(kind.kind)

function bumpGeneration(kind: ResourceKind, live: KubeObject, next: KubeObject): KubeObject {
  if (!hasGeneration(kind)) return next
  const relevant = ({ metadata: _, status, apiVersion: __, ...rest }: KubeObject) =>
    kind.custom && !kind.status ? { ...rest, status } : rest
  if (equal(relevant(live), relevant(next))) return next
  return withMeta(next, { generation: (live.metadata.generation ?? 0) + 1 })
}

const empties = new WeakMap<ResourceKind, Json>()

/** A new object before anything is set: Go's structs are there already, a custom object is not. */
function emptyObject(kind: ResourceKind): Json {
  const known = empties.get(kind)
  if (known) return known
  const made = kind.custom ? {} : decodeBuiltin(schemaOfKind(kind), {}).value
  empties.set(kind, made)
  return made
}

export const ownershipWrite = (context: Context, kind: ResourceKind, options: WriteOptions) => ({
  schema: schemaOfKind(kind),
  manager: {
    name: options.manager,
    operation: 'Update' as const,
    apiVersion: apiVersionOf(kind),
    subresource: options.subresource,
  },
  hasStatus: kind.status,
  empty: emptyObject(kind),
  // kube-apiserver loses the time of what is written through /scale.
  now: options.subresource === 'scale' ? undefined : timestamp(context.now()),
})
