import type { ResourceKind } from './kind.ts'

const API = 'io.k8s.api'

interface Extra {
  readonly short?: readonly string[]
  readonly categories?: readonly string[]
  readonly cluster?: boolean
  readonly status?: boolean
  readonly scale?: boolean
  readonly plural?: string
  readonly type?: string
}

function kind(group: string, version: string, name: string, extra: Extra = {}): ResourceKind {
  const folder = group === '' ? 'core' : (group.split('.')[0] as string)
  return {
    group,
    version,
    kind: name,
    plural: extra.plural ?? `${name.toLowerCase()}s`,
    singular: name.toLowerCase(),
    shortNames: extra.short ?? [],
    categories: extra.categories ?? [],
    namespaced: !extra.cluster,
    status: extra.status ?? false,
    scale: extra.scale ? { specPath: '.spec.replicas', statusPath: '.status.replicas' } : undefined,
    type: extra.type ?? `${API}.${folder}.${version}.${name}`,
    custom: undefined,
  }
}

const ALL = ['all']
const RBAC = 'rbac.authorization.k8s.io'
const EXTENSIONS = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1'

/** Every built-in kind the simulated cluster serves, with names and scopes as a real one discovers them. */
export const KINDS: readonly ResourceKind[] = [
  kind('', 'v1', 'Namespace', { short: ['ns'], cluster: true, status: true }),
  kind('', 'v1', 'ConfigMap', { short: ['cm'] }),
  kind('', 'v1', 'Secret'),
  kind('', 'v1', 'Service', { short: ['svc'], categories: ALL, status: true }),
  kind('', 'v1', 'ServiceAccount', { short: ['sa'] }),
  kind('', 'v1', 'Pod', { short: ['po'], categories: ALL, status: true }),
  kind('', 'v1', 'PersistentVolumeClaim', { short: ['pvc'], status: true }),
  kind('', 'v1', 'PersistentVolume', { short: ['pv'], cluster: true, status: true }),
  kind('', 'v1', 'Event', { short: ['ev'] }),
  kind('', 'v1', 'Node', { short: ['no'], cluster: true, status: true }),
  kind('', 'v1', 'LimitRange', { short: ['limits'] }),
  kind('', 'v1', 'ResourceQuota', { short: ['quota'], status: true }),
  kind('', 'v1', 'Endpoints', { short: ['ep'], plural: 'endpoints' }),
  kind('apps', 'v1', 'Deployment', { short: ['deploy'], categories: ALL, status: true, scale: true }),
  kind('apps', 'v1', 'StatefulSet', { short: ['sts'], categories: ALL, status: true, scale: true }),
  kind('apps', 'v1', 'DaemonSet', { short: ['ds'], categories: ALL, status: true }),
  kind('apps', 'v1', 'ReplicaSet', { short: ['rs'], categories: ALL, status: true, scale: true }),
  kind('apps', 'v1', 'ControllerRevision'),
  kind('batch', 'v1', 'Job', { categories: ALL, status: true }),
  kind('batch', 'v1', 'CronJob', { short: ['cj'], categories: ALL, status: true }),
  kind('networking.k8s.io', 'v1', 'Ingress', { short: ['ing'], plural: 'ingresses', status: true }),
  kind('networking.k8s.io', 'v1', 'IngressClass', { plural: 'ingressclasses', cluster: true }),
  kind('networking.k8s.io', 'v1', 'NetworkPolicy', { short: ['netpol'], plural: 'networkpolicies' }),
  kind(RBAC, 'v1', 'Role'),
  kind(RBAC, 'v1', 'RoleBinding'),
  kind(RBAC, 'v1', 'ClusterRole', { cluster: true }),
  kind(RBAC, 'v1', 'ClusterRoleBinding', { cluster: true }),
  kind('policy', 'v1', 'PodDisruptionBudget', { short: ['pdb'], status: true }),
  kind('autoscaling', 'v2', 'HorizontalPodAutoscaler', { short: ['hpa'], categories: ALL, status: true }),
  kind('apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', {
    short: ['crd', 'crds'],
    categories: ['api-extensions'],
    cluster: true,
    status: true,
    type: `${EXTENSIONS}.CustomResourceDefinition`,
  }),
  kind('coordination.k8s.io', 'v1', 'Lease'),
  kind('storage.k8s.io', 'v1', 'StorageClass', { short: ['sc'], plural: 'storageclasses', cluster: true }),
  kind('admissionregistration.k8s.io', 'v1', 'ValidatingWebhookConfiguration', {
    categories: ['api-extensions'],
    cluster: true,
  }),
  kind('admissionregistration.k8s.io', 'v1', 'MutatingWebhookConfiguration', {
    categories: ['api-extensions'],
    cluster: true,
  }),
  kind('scheduling.k8s.io', 'v1', 'PriorityClass', {
    short: ['pc'],
    plural: 'priorityclasses',
    cluster: true,
  }),
  kind('discovery.k8s.io', 'v1', 'EndpointSlice'),
]
