import { badRequest } from '../api/errors.ts'
import { applyConfiguration } from '../apply/ownership.ts'
import { apiVersionOf, type ResourceKind } from '../resources/kind.ts'
import type { Json } from '../schema/schema.ts'
import { isMap } from '../schema/schema.ts'
import { type KubeObject, withMeta } from '../store/object.ts'
import type { Context, WriteOptions } from './context.ts'
import { decodeObject } from './decode.ts'
import { commitChange, commitNew, find, keepServerFields, ownershipWrite } from './write.ts'

/** Server-side apply: creates the object or lays the configuration over it. `created` decides 201 or 200. */
export function serverSideApply(
  context: Context,
  kind: ResourceKind,
  namespace: string,
  name: string,
  body: Json,
  options: WriteOptions & { readonly force: boolean },
): { object: KubeObject; created: boolean } {
  const config = checkConfig(kind, namespace, name, body)
  const live = find(context, kind, namespace, name)
  if (!live && options.subresource) throw badRequest('a subresource cannot be created by apply')
  const write = ownershipWrite(context, kind, options)
  const applied = applyConfiguration(
    { ...write, manager: { ...write.manager, operation: 'Apply' }, namespaceGiven: namespaceOf(body) },
    live,
    config,
    options.force,
  )
  if (live && !applied) return { object: live, created: false }
  const next = settle(kind, applied as KubeObject, options)
  if (!live) return { object: commitNew(context, kind, withoutStatus(kind, next), options), created: true }
  const kept = keepServerFields(kind, live, next, options)
  return { object: commitChange(context, kind, live, kept, options), created: false }
}

function namespaceOf(body: Json): string | undefined {
  const namespace = isMap(body.metadata) ? body.metadata.namespace : undefined
  return typeof namespace === 'string' ? namespace : undefined
}

function checkConfig(kind: ResourceKind, namespace: string, name: string, body: Json): KubeObject {
  const metadata = isMap(body.metadata) ? body.metadata : {}
  if (body.kind !== kind.kind || body.apiVersion !== apiVersionOf(kind)) {
    throw badRequest(`invalid object type: ${String(body.apiVersion)}, Kind=${String(body.kind)}`)
  }
  if (metadata.name !== undefined && metadata.name !== name) {
    throw badRequest(
      `the name of the object (${String(metadata.name)}) does not match the name on the URL (${name})`,
    )
  }
  if (kind.namespaced && metadata.namespace !== undefined && metadata.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  const { resourceVersion: _, ...rest } = metadata
  const named = { ...rest, name, ...(kind.namespaced ? { namespace } : {}) }
  return { ...body, metadata: named } as unknown as KubeObject
}

/** The merged object as the decoder writes it back, with defaults; managedFields are not the decoder's business. */
function settle(kind: ResourceKind, merged: KubeObject, options: WriteOptions): KubeObject {
  const managedFields = merged.metadata.managedFields ?? []
  const { managedFields: _, ...metadata } = merged.metadata
  const decoded = decodeObject(kind, { ...merged, metadata } as Json, { ...options, validation: 'Ignore' })
  return managedFields.length > 0 ? withMeta(decoded, { managedFields }) : decoded
}

function withoutStatus(kind: ResourceKind, object: KubeObject): KubeObject {
  if (!kind.custom || !kind.status) return object
  const { status: _, ...rest } = object
  return rest as KubeObject
}
