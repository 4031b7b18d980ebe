import { ApiError, forbidden, notFound } from '../api/errors.ts'
import type { Context } from '../operations/context.ts'
import { KINDS } from '../resources/builtin.ts'
import { groupResourceOf, type ResourceKind } from '../resources/kind.ts'
import type { KubeObject } from '../store/object.ts'
import { admitPod } from './pod.ts'
import { admitService } from './service.ts'

const NAMESPACE = KINDS.find((kind) => kind.kind === 'Namespace') as ResourceKind

/** What the admission plugins and strategies of a default API server add to a new object, or refuse. */
export function admitCreate(context: Context, kind: ResourceKind, object: KubeObject): KubeObject {
  if (kind.namespaced) requireNamespace(context, kind, object)
  if (kind.custom) return object
  if (kind.kind === 'Service') return admitService(context, object, undefined)
  if (kind.kind === 'Pod') return admitPod(object)
  if (kind.kind === 'PersistentVolumeClaim') {
    return withFinalizer(withStorageClass(context, object), 'kubernetes.io/pvc-protection')
  }
  if (kind.kind === 'Job') return admitJob(object)
  if (kind.kind === 'Namespace')
    return { ...object, spec: { ...(object.spec as object), finalizers: ['kubernetes'] } }
  if (kind.kind === 'CustomResourceDefinition') return withStoredVersion(object)
  return object
}

/** A definition starts with its storage version among the stored ones. */
function withStoredVersion(object: KubeObject): KubeObject {
  const { versions = [] } = object.spec as { versions?: { name: string; storage?: boolean }[] }
  const storedVersions = versions.filter((version) => version.storage).map((version) => version.name)
  return { ...object, status: { ...(object.status as object), storedVersions } }
}

export function admitUpdate(
  context: Context,
  kind: ResourceKind,
  live: KubeObject,
  next: KubeObject,
): KubeObject {
  if (kind.custom) return next
  if (kind.kind === 'Service') return admitService(context, next, live)
  return next
}

function requireNamespace(context: Context, kind: ResourceKind, object: KubeObject): void {
  const name = object.metadata.namespace ?? ''
  const namespace = context.store.get('namespaces', name)
  if (!namespace) throw notFound(NAMESPACE, name)
  if (!namespace.metadata.deletionTimestamp) return
  const text = `unable to create new content in namespace ${name} because it is being terminated`
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${name} is being terminated`,
    field: 'metadata.namespace',
  }
  throw forbidden(kind, object.metadata.name, text, [cause])
}

/** The DefaultStorageClass plugin: a claim that names no class gets the one marked as default. */
function withStorageClass(context: Context, object: KubeObject): KubeObject {
  const spec = object.spec as { storageClassName?: string }
  if (spec.storageClassName !== undefined) return object
  const marked = context.store
    .list('storageclasses.storage.k8s.io')
    .find((one) => one.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true')
  return marked ? { ...object, spec: { ...spec, storageClassName: marked.metadata.name } } : object
}

function withFinalizer(object: KubeObject, finalizer: string): KubeObject {
  const finalizers = object.metadata.finalizers ?? []
  if (finalizers.includes(finalizer)) return object
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } }
}

/** A Job without a selector of its own is given one on its uid. */
function admitJob(object: KubeObject): KubeObject {
  const spec = object.spec as { manualSelector?: boolean; template?: { metadata?: { labels?: object } } }
  if (spec.manualSelector) return object
  const { uid = '', name } = object.metadata
  const matchLabels = { 'batch.kubernetes.io/controller-uid': uid }
  const labels = {
    ...spec.template?.metadata?.labels,
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  }
  const template = { ...spec.template, metadata: { ...spec.template?.metadata, labels } }
  const metadata = { ...object.metadata, labels: object.metadata.labels ?? labels }
  return { ...object, metadata, spec: { ...spec, selector: { matchLabels }, template } }
}

/** Refuses to delete what a cluster cannot do without. */
export function admitDelete(kind: ResourceKind, object: KubeObject): void {
  const name = object.metadata.name
  const kept = ['default', 'kube-system', 'kube-public', 'kube-node-lease']
  if (groupResourceOf(kind) === 'namespaces' && kept.includes(name)) {
    throw new ApiError(
      403,
      'Forbidden',
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
      {
        name,
        kind: 'namespaces',
      },
    )
  }
}
