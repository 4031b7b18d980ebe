import type { Context, WriteOptions } from '../operations/context.ts'
import { timestamp } from '../operations/context.ts'
import { decodeObject } from '../operations/decode.ts'
import { remove } from '../operations/delete.ts'
import { create, find, replace } from '../operations/write.ts'
import type { ResourceKind } from '../resources/kind.ts'
import type { Json } from '../schema/schema.ts'
import { type KubeObject, withoutMeta } from '../store/object.ts'
import type { Owners } from './owners.ts'

/** What a controller may do: the API server's own operations, under a controller's field manager. */
export interface Toolbox {
  readonly context: Context
  readonly owners: Owners
  readonly nodes: number
  /** The built-in kind of this name. */
  kind(name: string): ResourceKind
  get(kind: string, namespace: string | undefined, name: string): KubeObject | undefined
  create(object: Json): KubeObject | undefined
  /** Writes spec and metadata. */
  update(object: KubeObject): void
  setStatus(object: KubeObject, status: Json): void
  delete(object: KubeObject, policy?: 'Background' | 'Foreground' | 'Orphan'): void
  /**
   * How long until something that began to wait at the first call is ready: the given delay, or a time drawn within
   * the configured bounds. 0 when it is.
   */
  msUntilReady(object: KubeObject, delayMs?: number): number
  /** The object is gone: nothing waits for it any more. */
  forget(object: KubeObject): void
  now(): string
}

const BUILTIN_API: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  Ingress: 'networking.k8s.io/v1',
  PodDisruptionBudget: 'policy/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  CustomResourceDefinition: 'apiextensions.k8s.io/v1',
  StorageClass: 'storage.k8s.io/v1',
}

export function createToolbox(
  context: Context,
  owners: Owners,
  options: { readonly nodes: number; readonly readyAfterMs: { readonly min: number; readonly max: number } },
): Toolbox {
  const kindOf = (apiVersion: string, name: string): ResourceKind => {
    const kind = context.registry.findKind(apiVersion, name)
    if (!kind) throw new Error(`no kind ${name} in ${apiVersion}`)
    return kind
  }
  const writeOptions = (kind: string, subresource: WriteOptions['subresource']): WriteOptions => ({
    manager: kind === 'Pod' || kind === 'Node' ? 'kubelet' : 'kube-controller-manager',
    subresource,
    dryRun: false,
    validation: 'Ignore',
    warnings: [],
  })
  const liveOf = (kind: ResourceKind, object: KubeObject) =>
    find(context, kind, object.metadata.namespace ?? '', object.metadata.name)

  const dueTimes = new Map<string, number>()

  function write(object: KubeObject, subresource: WriteOptions['subresource']): void {
    const kind = kindOf(object.apiVersion, object.kind)
    const live = liveOf(kind, object)
    if (!live || live.metadata.uid !== object.metadata.uid) return
    const options = writeOptions(object.kind, subresource)
    const bare = withoutMeta(object, 'managedFields', 'resourceVersion')
    const next = decodeObject(kind, bare as unknown as Json, options)
    replace(context, kind, live, next, options)
  }

  return {
    context,
    owners,
    nodes: options.nodes,
    kind: (name) => kindOf(BUILTIN_API[name] ?? 'v1', name),
    get: (name, namespace, object) =>
      find(context, kindOf(BUILTIN_API[name] ?? 'v1', name), namespace ?? '', object),
    create(object) {
      const { apiVersion, kind, metadata } = object as unknown as KubeObject
      const served = kindOf(apiVersion, kind)
      const namespace = metadata.namespace ?? ''
      if (served.namespaced && context.store.get('namespaces', namespace)?.metadata.deletionTimestamp)
        return undefined
      return create(context, served, namespace, object, writeOptions('', ''))
    },
    update: (object) => write(object, ''),
    setStatus: (object, status) => write({ ...object, status }, 'status'),
    delete(object, policy = 'Background') {
      const kind = kindOf(object.apiVersion, object.kind)
      if (!liveOf(kind, object)) return
      remove(context, kind, object.metadata.namespace ?? '', object.metadata.name, {
        propagationPolicy: policy,
      })
    },
    msUntilReady(object, delayMs) {
      const { uid = '' } = object.metadata
      const { min, max } = options.readyAfterMs
      const due = dueTimes.get(uid) ?? Date.now() + (delayMs ?? min + Math.random() * (max - min))
      dueTimes.set(uid, due)
      return Math.max(0, due - Date.now())
    },
    forget: (object) => dueTimes.delete(object.metadata.uid ?? ''),
    now: () => timestamp(context.now()),
  }
}
