import type { Gvk } from '../resources/id.ts'
import { emptyConfig, mergeConfigs, type NameReference, type TransformerConfig } from './config.ts'
import type { FieldSpec } from './field-spec.ts'

/**
 * The fields the official binary knows without being told, from its built-in transformer configuration
 * (`kustomize config save` prints it).
 */

type Kind = Partial<Gvk>

/** Where each kind keeps its pod spec. */
const podSpecs: readonly (readonly [kind: string, path: string])[] = [
  ['Pod', 'spec'],
  ['PodTemplate', 'template/spec'],
  ['Deployment', 'spec/template/spec'],
  ['ReplicaSet', 'spec/template/spec'],
  ['DaemonSet', 'spec/template/spec'],
  ['StatefulSet', 'spec/template/spec'],
  ['Job', 'spec/template/spec'],
  ['CronJob', 'spec/jobTemplate/spec/template/spec'],
]

function at(path: string, kind: Kind = {}, create?: boolean): FieldSpec {
  return create === undefined ? { path, ...kind } : { path, ...kind, create }
}

function inPodSpecs(paths: readonly string[]): FieldSpec[] {
  return podSpecs.flatMap(([kind, prefix]) =>
    paths.map((path) => at(`${prefix}/${path}`, kind === 'Pod' ? { kind, version: 'v1' } : { kind })),
  )
}

/** For the references that also exist in a ReplicationController but not in a PodTemplate or ReplicaSet. */
function inControllers(path: string): FieldSpec[] {
  return [
    at(`spec/${path}`, { kind: 'Pod' }),
    ...['StatefulSet', 'Deployment', 'ReplicationController'].map((kind) =>
      at(`spec/template/spec/${path}`, { kind }),
    ),
    at(`spec/jobTemplate/spec/template/spec/${path}`, { kind: 'CronJob' }),
    ...['Job', 'DaemonSet'].map((kind) => at(`spec/template/spec/${path}`, { kind })),
  ]
}

const rbac = 'rbac.authorization.k8s.io'
const admission = 'admissionregistration.k8s.io'

const scaleTargets: NameReference[] = [
  'Deployment',
  'ReplicationController',
  'ReplicaSet',
  'StatefulSet',
].map((kind) => ({
  kind,
  fieldSpecs: [at('spec/scaleTargetRef/name', { kind: 'HorizontalPodAutoscaler' })],
}))

const configMapReferences: NameReference = {
  kind: 'ConfigMap',
  version: 'v1',
  fieldSpecs: [
    ...inPodSpecs([
      'volumes/configMap/name',
      'containers/env/valueFrom/configMapKeyRef/name',
      'initContainers/env/valueFrom/configMapKeyRef/name',
      'containers/envFrom/configMapRef/name',
      'initContainers/envFrom/configMapRef/name',
      'volumes/projected/sources/configMap/name',
    ]),
    at('spec/configSource/configMap', { kind: 'Node' }),
    at('rules/resourceNames', { kind: 'Role' }),
    at('rules/resourceNames', { kind: 'ClusterRole' }),
    at('metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap', { kind: 'Ingress' }),
  ],
}

const secretReferences: NameReference = {
  kind: 'Secret',
  version: 'v1',
  fieldSpecs: [
    ...inPodSpecs([
      'volumes/secret/secretName',
      'containers/env/valueFrom/secretKeyRef/name',
      'initContainers/env/valueFrom/secretKeyRef/name',
      'containers/envFrom/secretRef/name',
      'initContainers/envFrom/secretRef/name',
      'imagePullSecrets/name',
      'volumes/projected/sources/secret/name',
    ]),
    at('spec/tls/secretName', { kind: 'Ingress' }),
    at('metadata/annotations/ingress.kubernetes.io\\/auth-secret', { kind: 'Ingress' }),
    at('metadata/annotations/nginx.ingress.kubernetes.io\\/auth-secret', { kind: 'Ingress' }),
    at('metadata/annotations/nginx.ingress.kubernetes.io\\/auth-tls-secret', { kind: 'Ingress' }),
    at('imagePullSecrets/name', { kind: 'ServiceAccount' }),
    at('parameters/secretName', { kind: 'StorageClass' }),
    at('parameters/adminSecretName', { kind: 'StorageClass' }),
    at('parameters/userSecretName', { kind: 'StorageClass' }),
    at('parameters/secretRef', { kind: 'StorageClass' }),
    at('rules/resourceNames', { kind: 'Role' }),
    at('rules/resourceNames', { kind: 'ClusterRole' }),
    at('spec/template/spec/containers/env/valueFrom/secretKeyRef/name', {
      kind: 'Service',
      group: 'serving.knative.dev',
      version: 'v1',
    }),
    at('spec/azureFile/secretName', { kind: 'PersistentVolume' }),
  ],
}

const nameReference: NameReference[] = [
  ...scaleTargets,
  configMapReferences,
  secretReferences,
  {
    kind: 'Service',
    version: 'v1',
    fieldSpecs: [
      at('spec/serviceName', { kind: 'StatefulSet', group: 'apps' }),
      at('spec/rules/http/paths/backend/serviceName', { kind: 'Ingress' }),
      at('spec/backend/serviceName', { kind: 'Ingress' }),
      at('spec/rules/http/paths/backend/service/name', { kind: 'Ingress' }),
      at('spec/defaultBackend/service/name', { kind: 'Ingress' }),
      at('spec/service/name', { kind: 'APIService', group: 'apiregistration.k8s.io' }),
      at('webhooks/clientConfig/service', { kind: 'ValidatingWebhookConfiguration', group: admission }),
      at('webhooks/clientConfig/service', { kind: 'MutatingWebhookConfiguration', group: admission }),
    ],
  },
  { kind: 'Role', group: rbac, fieldSpecs: [at('roleRef/name', { kind: 'RoleBinding', group: rbac })] },
  {
    kind: 'ClusterRole',
    group: rbac,
    fieldSpecs: [
      at('roleRef/name', { kind: 'RoleBinding', group: rbac }),
      at('roleRef/name', { kind: 'ClusterRoleBinding', group: rbac }),
    ],
  },
  {
    kind: 'ServiceAccount',
    version: 'v1',
    fieldSpecs: [
      at('subjects', { kind: 'RoleBinding', group: rbac }),
      at('subjects', { kind: 'ClusterRoleBinding', group: rbac }),
      ...inControllers('serviceAccountName'),
    ],
  },
  {
    kind: 'PersistentVolumeClaim',
    version: 'v1',
    fieldSpecs: inControllers('volumes/persistentVolumeClaim/claimName'),
  },
  {
    kind: 'PersistentVolume',
    version: 'v1',
    fieldSpecs: [
      at('spec/volumeName', { kind: 'PersistentVolumeClaim' }),
      at('rules/resourceNames', { kind: 'ClusterRole' }),
    ],
  },
  {
    kind: 'StorageClass',
    version: 'v1',
    group: 'storage.k8s.io',
    fieldSpecs: [
      at('spec/storageClassName', { kind: 'PersistentVolume' }),
      at('spec/storageClassName', { kind: 'PersistentVolumeClaim' }),
      at('spec/volumeClaimTemplates/spec/storageClassName', { kind: 'StatefulSet' }),
    ],
  },
  {
    kind: 'PriorityClass',
    version: 'v1',
    group: 'scheduling.k8s.io',
    fieldSpecs: inControllers('priorityClassName'),
  },
  // The group really reads like this in the official configuration, so this reference never matches there either.
  {
    kind: 'IngressClass',
    version: 'v1',
    group: 'networking.k8s.io/v1',
    fieldSpecs: [at('spec/ingressClassName', { kind: 'Ingress' })],
  },
  {
    kind: 'ValidatingAdmissionPolicy',
    group: admission,
    fieldSpecs: [at('spec/policyName', { kind: 'ValidatingAdmissionPolicyBinding', group: admission })],
  },
]

const templateLabels: FieldSpec[] = [
  at('metadata/labels', {}, true),
  at('spec/template/metadata/labels', { kind: 'ReplicationController', version: 'v1' }, true),
  ...['Deployment', 'ReplicaSet', 'DaemonSet'].map((kind) =>
    at('spec/template/metadata/labels', { kind }, true),
  ),
  at('spec/template/metadata/labels', { kind: 'StatefulSet', group: 'apps' }, true),
  at('spec/template/metadata/labels', { kind: 'Job', group: 'batch' }, true),
  at('spec/jobTemplate/metadata/labels', { kind: 'CronJob', group: 'batch' }, true),
  at('spec/jobTemplate/spec/template/metadata/labels', { kind: 'CronJob', group: 'batch' }, true),
]

const volumeClaimTemplateLabels: FieldSpec[] = [
  at('spec/volumeClaimTemplates[]/metadata/labels', { kind: 'StatefulSet', group: 'apps' }, true),
]

function affinitySelectors(kind: string): FieldSpec[] {
  const pod = 'spec/template/spec'
  const preferred =
    'preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector/matchLabels'
  const required = 'requiredDuringSchedulingIgnoredDuringExecution/labelSelector/matchLabels'
  return [
    ...['podAffinity', 'podAntiAffinity'].flatMap((term) =>
      [preferred, required].map((path) => `${pod}/affinity/${term}/${path}`),
    ),
    `${pod}/topologySpreadConstraints/labelSelector/matchLabels`,
  ].map((path) => at(path, { kind, group: 'apps' }, false))
}

const commonLabels: FieldSpec[] = [
  at('spec/selector', { kind: 'Service', version: 'v1' }, true),
  at('spec/selector', { kind: 'ReplicationController', version: 'v1' }, true),
  at('spec/selector/matchLabels', { kind: 'Deployment' }, true),
  ...affinitySelectors('Deployment'),
  at('spec/selector/matchLabels', { kind: 'ReplicaSet' }, true),
  at('spec/selector/matchLabels', { kind: 'DaemonSet' }, true),
  at('spec/selector/matchLabels', { kind: 'StatefulSet', group: 'apps' }, true),
  ...affinitySelectors('StatefulSet'),
  at('spec/selector/matchLabels', { kind: 'Job', group: 'batch' }, false),
  at('spec/jobTemplate/spec/selector/matchLabels', { kind: 'CronJob', group: 'batch' }, false),
  at('spec/selector/matchLabels', { kind: 'PodDisruptionBudget', group: 'policy' }, false),
  ...[
    'spec/podSelector/matchLabels',
    'spec/ingress/from/podSelector/matchLabels',
    'spec/egress/to/podSelector/matchLabels',
  ].map((path) => at(path, { kind: 'NetworkPolicy', group: 'networking.k8s.io' }, false)),
  ...templateLabels,
  ...volumeClaimTemplateLabels,
]

const commonAnnotations: FieldSpec[] = [
  at('metadata/annotations', {}, true),
  at('spec/template/metadata/annotations', { kind: 'ReplicationController', version: 'v1' }, true),
  ...['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet'].map((kind) =>
    at('spec/template/metadata/annotations', { kind }, true),
  ),
  at('spec/template/metadata/annotations', { kind: 'Job', group: 'batch' }, true),
  at('spec/jobTemplate/metadata/annotations', { kind: 'CronJob', group: 'batch' }, true),
  at('spec/jobTemplate/spec/template/metadata/annotations', { kind: 'CronJob', group: 'batch' }, true),
]

function variablesIn(kind: string, prefix: string): FieldSpec[] {
  const paths = ['containers', 'initContainers'].flatMap((list) =>
    ['args', 'command', 'env/value', 'volumeMounts/mountPath'].map((path) => `${list}/${path}`),
  )
  return paths.map((path) => at(`${prefix}/${path}`, { kind }))
}

const varReference: FieldSpec[] = [
  ...variablesIn('CronJob', 'spec/jobTemplate/spec/template/spec'),
  at('spec/jobTemplate/spec/template/volumes/nfs/server', { kind: 'CronJob' }),
  ...['DaemonSet', 'Deployment', 'Job', 'ReplicaSet'].flatMap((kind) => [
    ...variablesIn(kind, 'spec/template/spec'),
    at('spec/template/spec/volumes/nfs/server', { kind }),
  ]),
  at('spec/template/metadata/annotations', { kind: 'Deployment' }),
  at('spec/rules/host', { kind: 'Ingress' }),
  at('spec/tls/hosts', { kind: 'Ingress' }),
  at('spec/tls/secretName', { kind: 'Ingress' }),
  ...variablesIn('Pod', 'spec'),
  at('spec/volumes/nfs/server', { kind: 'Pod' }),
  at('spec/ports/port', { kind: 'Service' }),
  at('spec/ports/targetPort', { kind: 'Service' }),
  ...variablesIn('StatefulSet', 'spec/template/spec'),
  at('spec/volumeClaimTemplates/spec/nfs/server', { kind: 'StatefulSet' }),
  at('spec/nfs/server', { kind: 'PersistentVolume' }),
  at('metadata/labels'),
  at('metadata/annotations'),
]

const images: FieldSpec[] = [
  'spec/containers[]/image',
  'spec/initContainers[]/image',
  'spec/volumes[]/image/reference',
  'spec/template/spec/containers[]/image',
  'spec/template/spec/initContainers[]/image',
  'spec/template/spec/volumes[]/image/reference',
  'spec/jobTemplate/spec/template/spec/volumes[]/image/reference',
].map((path) => at(path, {}, true))

const unsorted: TransformerConfig = {
  namePrefix: [at('metadata/name')],
  nameSuffix: [at('metadata/name')],
  namespace: [
    at('metadata/name', { kind: 'Namespace' }, true),
    at('spec/service/namespace', { kind: 'APIService', group: 'apiregistration.k8s.io' }, true),
    at('spec/conversion/webhook/clientConfig/service/namespace', {
      kind: 'CustomResourceDefinition',
      group: 'apiextensions.k8s.io',
    }),
  ],
  commonLabels,
  labels: [],
  templateLabels,
  volumeClaimTemplateLabels,
  commonAnnotations,
  varReference,
  images,
  replicas: ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) =>
    at('spec/replicas', { kind }, true),
  ),
  nameReference,
}

export const defaultConfig: TransformerConfig = mergeConfigs({ ...emptyConfig }, unsorted)
