import { badRequest } from '../api/errors.ts'
import type { ResourceKind } from '../resources/kind.ts'
import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import type { Context, WriteOptions } from './context.ts'
import { patchDocument } from './patch.ts'
import { get, replace } from './write.ts'

/** The `autoscaling/v1 Scale` of an object that has one. */
export function scaleOf(kind: ResourceKind, object: KubeObject): Json {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const replicas = Number(valueAt(object, kind.scale?.specPath ?? '') ?? 0)
  const status: Json = { replicas: Number(valueAt(object, kind.scale?.statusPath ?? '') ?? 0) }
  const selector = kind.custom ? valueAt(object, kind.scale?.selectorPath ?? '') : printSelector(object)
  if (selector) status.selector = selector
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // The field is `omitempty`: zero replicas are not written.
    spec: replicas === 0 ? {} : { replicas },
    status,
  }
}

export function updateScale(
  context: Context,
  kind: ResourceKind,
  namespace: string,
  name: string,
  scale: Json,
  options: WriteOptions,
): Json {
  const live = get(context, kind, namespace, name)
  const spec = isMap(scale.spec) ? scale.spec : {}
  const replicas = spec.replicas ?? 0
  if (typeof replicas !== 'number' || !Number.isInteger(replicas))
    throw badRequest('spec.replicas must be an integer')
  const metadata = isMap(scale.metadata) ? scale.metadata : {}
  const next = withValue(live, (kind.scale?.specPath ?? '').split('.').slice(1), replicas) as KubeObject
  const resourceVersion = metadata.resourceVersion as string | undefined
  const meta = { ...next.metadata, ...(resourceVersion ? { resourceVersion } : {}) }
  return scaleOf(kind, replace(context, kind, live, { ...next, metadata: meta }, options))
}

export function patchScale(
  context: Context,
  kind: ResourceKind,
  namespace: string,
  name: string,
  mediaType: string,
  body: unknown,
  options: WriteOptions,
): Json {
  const scale = scaleOf(kind, get(context, kind, namespace, name))
  const patched = patchDocument({ ...kind, type: SCALE_LIKE }, mediaType, scale, body)
  return updateScale(context, kind, namespace, name, patched as Json, options)
}

/** Scale is not in the type table; for a strategic patch any type without merged lists will do. */
const SCALE_LIKE = 'io.k8s.api.autoscaling.v2.CrossVersionObjectReference'

function valueAt(object: unknown, path: string): unknown {
  let value = object
  for (const step of path.split('.').slice(1)) value = isMap(value) ? value[step] : undefined
  return value
}

function withValue(target: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return value
  const map = isMap(target) ? target : {}
  return { ...map, [first]: withValue(map[first], rest, value) }
}

function printSelector(object: KubeObject): string {
  const selector = (object.spec as { selector?: { matchLabels?: Record<string, string> } } | undefined)
    ?.selector
  return Object.entries(selector?.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',')
}
