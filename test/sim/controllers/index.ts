import type { Context } from '../operations/context.ts'
import { groupResourceOf } from '../resources/kind.ts'
import { CRD_RESOURCE } from '../resources/registry.ts'
import type { KubeObject } from '../store/object.ts'
import { keyOf, type StoreEvent } from '../store/store.ts'
import { reconcileDefinition } from './crd.ts'
import { reconcileDaemonSet } from './daemonset.ts'
import { reconcileDeployment } from './deployment.ts'
import { collectDependents, finishDeletion } from './garbage.ts'
import { reconcileJob } from './job.ts'
import { reconcileNamespace } from './namespace.ts'
import { reconcileIngress, reconcileService } from './network.ts'
import { controllerOf, Owners } from './owners.ts'
import { reconcilePod } from './pod.ts'
import { reconcileAutoscaler, reconcileBudget } from './policy.ts'
import { Queue } from './queue.ts'
import { reconcileReplicaSet } from './replicaset.ts'
import { reconcileStatefulSet } from './statefulset.ts'
import { reclaimVolume, reconcileClaim } from './storage.ts'
import { createToolbox, type Toolbox } from './toolbox.ts'

export interface ControllerOptions {
  readonly nodes: number
  readonly readyAfterMs: { readonly min: number; readonly max: number }
  /** Only what a real API server does by itself: establishing definitions. */
  readonly onlyDefinitions: boolean
}

export interface Controllers {
  /** Looks at every object again, after the store was replaced. */
  resync(): void
  stop(): void
}

/** Brings one object on its way; a number asks to be called again after so many milliseconds. */
// biome-ignore lint/suspicious/noConfusingVoidType: most reconcilers end in a call that gives nothing
type Reconcile = (tools: Toolbox, object: KubeObject) => number | undefined | void

const RECONCILERS: Readonly<Record<string, Reconcile>> = {
  namespaces: reconcileNamespace,
  pods: reconcilePod,
  services: reconcileService,
  persistentvolumeclaims: reconcileClaim,
  'deployments.apps': reconcileDeployment,
  'replicasets.apps': reconcileReplicaSet,
  'statefulsets.apps': reconcileStatefulSet,
  'daemonsets.apps': reconcileDaemonSet,
  'jobs.batch': reconcileJob,
  'ingresses.networking.k8s.io': reconcileIngress,
  'poddisruptionbudgets.policy': reconcileBudget,
  'horizontalpodautoscalers.autoscaling': reconcileAutoscaler,
  [CRD_RESOURCE]: reconcileDefinition,
}

/** Starts the controllers: each change of an object queues it and what depends on it. */
export function startControllers(context: Context, options: ControllerOptions): Controllers {
  const owners = new Owners(context.store)
  const tools = createToolbox(context, owners, options)
  const queue = new Queue((id) => {
    const space = id.indexOf(' ')
    const resource = id.slice(0, space)
    if (options.onlyDefinitions && resource !== CRD_RESOURCE) return
    const object = context.store.get(resource, id.slice(space + 1))
    if (!object) return
    if (object.metadata.deletionTimestamp) finishDeletion(tools, object)
    const afterMs = RECONCILERS[resource]?.(tools, object)
    if (typeof afterMs === 'number') queue.addAfter(id, afterMs)
  })
  const unsubscribe = context.store.subscribe((event) => follow(tools, queue, event))
  const resync = () => {
    owners.reload()
    for (const resource of Object.keys(RECONCILERS)) {
      for (const object of context.store.list(resource)) queue.add(idOf(resource, object))
    }
  }
  resync()
  return {
    resync,
    stop: () => {
      unsubscribe()
      queue.stop()
    },
  }
}

const idOf = (resource: string, object: KubeObject) =>
  `${resource} ${keyOf(object.metadata.namespace, object.metadata.name)}`

function follow(tools: Toolbox, queue: Queue, event: StoreEvent): void {
  const { resource, object, type } = event
  if (type !== 'DELETED') queue.add(idOf(resource, object))
  else afterDeletion(tools, queue, event)
  const owner = controllerOf(object)
  if (owner) queueOwner(tools, queue, object, owner)
  const { namespace } = object.metadata
  if (resource === 'pods') {
    queueAll(tools, queue, 'poddisruptionbudgets.policy', namespace)
  } else if (resource === 'deployments.apps' || resource === 'statefulsets.apps') {
    queueAll(tools, queue, 'horizontalpodautoscalers.autoscaling', namespace)
  } else if (resource === 'nodes' && type !== 'MODIFIED') {
    queueAll(tools, queue, 'daemonsets.apps', undefined)
  } else if (resource === 'storageclasses.storage.k8s.io') {
    queueAll(tools, queue, 'persistentvolumeclaims', undefined)
  }
}

function queueOwner(
  tools: Toolbox,
  queue: Queue,
  object: KubeObject,
  owner: { apiVersion: string; kind: string; name: string },
): void {
  const kind = tools.context.registry.findKind(owner.apiVersion, owner.kind)
  if (!kind) return
  const namespace = kind.namespaced ? object.metadata.namespace : undefined
  queue.add(`${groupResourceOf(kind)} ${keyOf(namespace, owner.name)}`)
}

function queueAll(tools: Toolbox, queue: Queue, resource: string, namespace: string | undefined): void {
  for (const object of tools.context.store.list(resource, namespace)) queue.add(idOf(resource, object))
}

function afterDeletion(tools: Toolbox, queue: Queue, { resource, object }: StoreEvent): void {
  tools.forget(object)
  queue.run(() => collectDependents(tools, object))
  for (const owner of object.metadata.ownerReferences ?? []) queueOwner(tools, queue, object, owner)
  const { namespace } = object.metadata
  if (namespace) queue.add(`namespaces ${namespace}`)
  if (resource === 'persistentvolumeclaims') queue.run(() => reclaimVolume(tools, object))
  if (resource === 'pods') queueAll(tools, queue, 'persistentvolumeclaims', namespace)
  const crd = tools.context.registry.byResource(resource)?.custom?.crd
  if (crd) queue.add(`${CRD_RESOURCE} ${crd}`)
}
