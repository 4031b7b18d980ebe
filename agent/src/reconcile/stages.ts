import type { ObjectRef } from '@roadstead/proto'

/**
 * The order of application. What others need comes first, what acts on everything comes last; within a
 * stage the order of the release stands. Deletion goes the other way.
 */
const stages: readonly (readonly string[])[] = [
  ['apiextensions.k8s.io/CustomResourceDefinition'],
  ['Namespace'],
  [
    'PriorityClass',
    'scheduling.k8s.io/PriorityClass',
    'storage.k8s.io/StorageClass',
    'storage.k8s.io/VolumeSnapshotClass',
    'snapshot.storage.k8s.io/VolumeSnapshotClass',
    'networking.k8s.io/IngressClass',
    'gateway.networking.k8s.io/GatewayClass',
    'node.k8s.io/RuntimeClass',
    'resource.k8s.io/DeviceClass',
    'rbac.authorization.k8s.io/ClusterRole',
    'ResourceQuota',
    'LimitRange',
    'ServiceAccount',
  ],
  [
    'rbac.authorization.k8s.io/ClusterRoleBinding',
    'rbac.authorization.k8s.io/Role',
    'rbac.authorization.k8s.io/RoleBinding',
    'ConfigMap',
    'Secret',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Service',
  ],
]

const lastKinds: ReadonlySet<string> = new Set([
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
  'apiregistration.k8s.io/APIService',
])

const stageByKind = new Map(stages.flatMap((kinds, stage) => kinds.map((kind) => [kind, stage] as const)))

/** The stage of all that has none of its own. */
export const ordinaryStage = stages.length
export const lastStage = stages.length + 1

export function stageOf({ group, kind }: Pick<ObjectRef, 'group' | 'kind'>): number {
  const name = group === '' ? kind : `${group}/${kind}`
  return lastKinds.has(name) ? lastStage : (stageByKind.get(name) ?? ordinaryStage)
}
