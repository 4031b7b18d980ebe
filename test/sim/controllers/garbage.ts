import { remove } from '../operations/delete.ts'
import { groupResourceOf } from '../resources/kind.ts'
import type { Json } from '../schema/schema.ts'
import { type KubeObject, withoutMeta } from '../store/object.ts'
import type { Toolbox } from './toolbox.ts'

/** After an owner is gone: what it alone owned goes too. */
export function collectDependents(tools: Toolbox, owner: KubeObject): void {
  for (const { resource, object } of tools.owners.of(owner.metadata.uid ?? '')) {
    if (hasOtherOwner(tools, object, owner)) continue
    deleteObject(tools, resource, object)
  }
}

function hasOtherOwner(tools: Toolbox, object: KubeObject, gone: KubeObject): boolean {
  return (object.metadata.ownerReferences ?? []).some((reference) => {
    if (reference.uid === gone.metadata.uid) return false
    const kind = tools.context.registry.findKind(reference.apiVersion, reference.kind)
    const namespace = kind?.namespaced ? object.metadata.namespace : undefined
    const key = namespace ? `${namespace}/${reference.name}` : reference.name
    const owner = kind && tools.context.store.get(groupResourceOf(kind), key)
    return owner?.metadata.uid === reference.uid
  })
}

function deleteObject(tools: Toolbox, resource: string, object: KubeObject): void {
  const kind = tools.context.registry.byResource(resource)
  if (!kind || object.metadata.deletionTimestamp) return
  remove(tools.context, kind, object.metadata.namespace ?? '', object.metadata.name, {
    propagationPolicy: 'Background',
  })
}

/** Acts on the garbage collector's own finalizers of an object that is being deleted. */
export function finishDeletion(tools: Toolbox, object: KubeObject): void {
  const finalizers = object.metadata.finalizers ?? []
  if (finalizers.includes('orphan')) orphan(tools, object)
  else if (finalizers.includes('foregroundDeletion')) deleteForeground(tools, object)
}

/** The owner waits until every dependent that blocks it is gone. */
function deleteForeground(tools: Toolbox, object: KubeObject): void {
  const dependents = tools.owners.of(object.metadata.uid ?? '')
  const blocking = dependents.filter(({ object: one }) =>
    one.metadata.ownerReferences?.some(
      (owner) => owner.uid === object.metadata.uid && owner.blockOwnerDeletion,
    ),
  )
  for (const { resource, object: one } of dependents) deleteObject(tools, resource, one)
  const left = blocking.filter(({ resource, object: one }) => {
    const key = one.metadata.namespace ? `${one.metadata.namespace}/${one.metadata.name}` : one.metadata.name
    return tools.context.store.get(resource, key) !== undefined
  })
  if (left.length === 0) dropFinalizer(tools, object, 'foregroundDeletion')
}

function orphan(tools: Toolbox, owner: KubeObject): void {
  for (const { object } of tools.owners.of(owner.metadata.uid ?? '')) {
    const rest = (object.metadata.ownerReferences ?? []).filter((one) => one.uid !== owner.metadata.uid)
    const bare = withoutMeta(object, 'ownerReferences')
    tools.update(rest.length > 0 ? { ...bare, metadata: { ...bare.metadata, ownerReferences: rest } } : bare)
  }
  dropFinalizer(tools, owner, 'orphan')
}

export function dropFinalizer(tools: Toolbox, object: KubeObject, finalizer: string): void {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  const metadata = { ...object.metadata, finalizers } as unknown as Json
  if (finalizers.length === 0) delete metadata.finalizers
  tools.update({ ...object, metadata: metadata as unknown as KubeObject['metadata'] })
}
