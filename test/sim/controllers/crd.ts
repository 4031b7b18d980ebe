import { remove } from '../operations/delete.ts'
import { groupResourceOf } from '../resources/kind.ts'
import type { Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { isTrue, withCondition } from './conditions.ts'
import { dropFinalizer } from './garbage.ts'
import type { Toolbox } from './toolbox.ts'

const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io'

/** Establishes a definition, which makes its kind served; removes all custom objects before it goes. */
export function reconcileDefinition(tools: Toolbox, crd: KubeObject): void {
  if (crd.metadata.deletionTimestamp) {
    cleanUp(tools, crd)
    return
  }
  const finalizers = crd.metadata.finalizers ?? []
  if (!finalizers.includes(CLEANUP)) {
    tools.update({ ...crd, metadata: { ...crd.metadata, finalizers: [...finalizers, CLEANUP] } })
  }
  const live = tools.get('CustomResourceDefinition', undefined, crd.metadata.name)
  if (live) accept(tools, live)
}

function accept(tools: Toolbox, crd: KubeObject): void {
  const now = tools.now()
  const status = (crd.status ?? {}) as Json & { storedVersions?: string[] }
  const { names, versions } = crd.spec as { names: Json; versions: { name: string; storage: boolean }[] }
  const storage = versions.find((version) => version.storage)?.name ?? ''
  const accepted = {
    type: 'NamesAccepted',
    status: 'True' as const,
    reason: 'NoConflicts',
    message: 'no conflicts found',
  }
  const established = {
    type: 'Established',
    status: 'True' as const,
    reason: 'InitialNamesAccepted',
    message: 'the initial names have been accepted',
  }
  const conditions = withCondition(withCondition(status.conditions, accepted, now), established, now)
  const storedVersions = [...new Set([...(status.storedVersions ?? []), storage])]
  tools.setStatus(crd, { ...status, conditions, acceptedNames: names, storedVersions })
}

function cleanUp(tools: Toolbox, crd: KubeObject): void {
  if (!crd.metadata.finalizers?.includes(CLEANUP)) return
  const { context } = tools
  const kind = context.registry.all().find((one) => one.custom?.crd === crd.metadata.name)
  const resource = kind ? groupResourceOf(kind) : crd.metadata.name
  for (const object of kind && isTrue(crd, 'Established') ? context.store.list(resource) : []) {
    if (object.metadata.deletionTimestamp || !kind) continue
    remove(context, kind, object.metadata.namespace ?? '', object.metadata.name, {})
  }
  if (context.store.list(resource).length === 0) dropFinalizer(tools, crd, CLEANUP)
}
