import { ApiError, badRequest, invalid, invalidObject, unsupportedMediaType } from '../api/errors.ts'
import { JsonPatchError, jsonPatch } from '../patch/json.ts'
import { mergePatch } from '../patch/merge.ts'
import { StrategicPatchError, strategicPatch } from '../patch/strategic.ts'
import type { ResourceKind } from '../resources/kind.ts'
import { schemaOfKind } from '../resources/registry.ts'
import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import type { Context, WriteOptions } from './context.ts'
import { decodeObject } from './decode.ts'
import { get, replace } from './write.ts'

export const PATCH_TYPES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

/** Changes an object by one of the three patch formats (server-side apply has its own operation). */
export function patch(
  context: Context,
  kind: ResourceKind,
  namespace: string,
  name: string,
  mediaType: string,
  body: unknown,
  options: WriteOptions,
): KubeObject {
  const live = get(context, kind, namespace, name)
  const patched = patchDocument(kind, mediaType, live, body)
  if (!isMap(patched)) throw badRequest('the patch did not leave an object')
  const { managedFields, ...metadata } = (isMap(patched.metadata) ? patched.metadata : {}) as Json
  const decoded = decodeObject(kind, { ...patched, metadata }, options, (error) =>
    invalidObject({ group: '', kind: '' }, '', [invalid('patch', JSON.stringify(patched), error.message)]),
  )
  checkName(kind, live, decoded)
  const reset = Array.isArray(managedFields) && managedFields.length === 0
  const next = reset ? { ...decoded, metadata: { ...decoded.metadata, managedFields: [] } } : decoded
  return replace(context, kind, live, next, options)
}

/** The document with a patch in any of the three formats laid over it. */
export function patchDocument(kind: ResourceKind, mediaType: string, live: unknown, body: unknown): unknown {
  try {
    if (mediaType === PATCH_TYPES.json) return jsonPatch(live, Array.isArray(body) ? body : [])
    if (mediaType === PATCH_TYPES.merge) return mergePatch(live, body)
    if (mediaType === PATCH_TYPES.strategic && !kind.custom)
      return strategicPatch(schemaOfKind(kind), live, body)
  } catch (error) {
    if (error instanceof JsonPatchError) {
      // The API server keeps the reason to itself.
      throw new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {})
    }
    if (error instanceof StrategicPatchError) throw badRequest(error.message)
    throw error
  }
  const { strategic, ...others } = PATCH_TYPES
  throw unsupportedMediaType(Object.values(kind.custom ? others : { ...others, strategic }))
}

function checkName(kind: ResourceKind, live: KubeObject, next: KubeObject): void {
  if (next.metadata.name !== live.metadata.name) {
    throw badRequest(
      `the name of the object (${next.metadata.name}) does not match the name on the URL (${live.metadata.name})`,
    )
  }
  if (kind.namespaced && next.metadata.namespace !== live.metadata.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}
