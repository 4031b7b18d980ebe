import { serverSideApply } from './operations/apply.ts'
import type { Context, WriteOptions } from './operations/context.ts'
import { type DeleteOptions, remove } from './operations/delete.ts'
import { PATCH_TYPES, patch } from './operations/patch.ts'
import { create, find } from './operations/write.ts'
import { groupResourceOf, type ResourceKind } from './resources/kind.ts'
import type { Json } from './schema/schema.ts'
import type { KubeObject } from './store/object.ts'

/** Names one object. */
export interface ObjectRef {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

/** How tests look into a cluster and act in it as someone else. Refusals throw ApiError. */
export interface ObjectAccess {
  get(ref: ObjectRef): KubeObject | undefined
  list(apiVersion: string, kind: string, namespace?: string): KubeObject[]
  /** Creates an object; `manager` is its field manager. */
  create(object: Json, manager?: string): KubeObject
  /** Server-side apply; `force` takes over fields of other managers. */
  apply(object: Json, manager: string, force?: boolean): KubeObject
  /** JSON merge patch, as `kubectl edit` of a custom object or a hurried colleague would do it. */
  patch(ref: ObjectRef, change: Json, manager?: string): KubeObject
  delete(ref: ObjectRef, options?: DeleteOptions): void
}

export function objectAccess(context: Context): ObjectAccess {
  const kindOf = (apiVersion: string, kind: string): ResourceKind => {
    const known = context.registry.findKind(apiVersion, kind)
    if (!known) throw new Error(`the simulated cluster serves no ${kind} in ${apiVersion}`)
    return known
  }
  const as = (manager: string): WriteOptions => ({
    manager,
    subresource: '',
    dryRun: false,
    validation: 'Strict',
    warnings: [],
  })
  return {
    get: (ref) => find(context, kindOf(ref.apiVersion, ref.kind), ref.namespace ?? '', ref.name),
    list: (apiVersion, kind, namespace) =>
      context.store.list(groupResourceOf(kindOf(apiVersion, kind)), namespace),
    create: (object, manager = 'test') => {
      const { apiVersion, kind, metadata } = object as unknown as KubeObject
      return create(context, kindOf(apiVersion, kind), metadata.namespace ?? '', object, as(manager))
    },
    apply: (object, manager, force = false) => {
      const { apiVersion, kind, metadata } = object as unknown as KubeObject
      const { name, namespace = '' } = metadata
      return serverSideApply(context, kindOf(apiVersion, kind), namespace, name, object, {
        ...as(manager),
        force,
      }).object
    },
    patch: (ref, change, manager = 'test') => {
      const kind = kindOf(ref.apiVersion, ref.kind)
      return patch(context, kind, ref.namespace ?? '', ref.name, PATCH_TYPES.merge, change, as(manager))
    },
    delete: (ref, options = {}) => {
      remove(context, kindOf(ref.apiVersion, ref.kind), ref.namespace ?? '', ref.name, options)
    },
  }
}
