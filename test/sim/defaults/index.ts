import type { ResourceKind } from '../resources/kind.ts'
import { isMap, type Json } from '../schema/schema.ts'
import { defaultPod, fill, listAt, mapAt } from './pod.ts'
import {
  childOf,
  defaultClaim,
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultStatefulSet,
  specOf,
} from './workloads.ts'

/** Fills in what kube-apiserver would, in place, on an object fresh from the decoder. */
export function applyDefaults(kind: ResourceKind, object: Json): void {
  if (kind.custom) return
  DEFAULTS[kind.kind]?.(object)
}

const DEFAULTS: Record<string, (object: Json) => void> = {
  Namespace: defaultNamespace,
  Secret: defaultSecret,
  Service: defaultService,
  Pod: (object) => {
    defaultPod(specOf(object))
    fill(childOf(object, 'status'), 'phase', 'Pending')
  },
  Deployment: defaultDeployment,
  ReplicaSet: defaultReplicaSet,
  DaemonSet: defaultDaemonSet,
  StatefulSet: defaultStatefulSet,
  Job: defaultJob,
  CronJob: defaultCronJob,
  PersistentVolumeClaim: defaultClaim,
  PersistentVolume: defaultVolume,
  NetworkPolicy: defaultNetworkPolicy,
  RoleBinding: defaultBinding,
  ClusterRoleBinding: defaultBinding,
  HorizontalPodAutoscaler: defaultAutoscaler,
  StorageClass: (object) => {
    fill(object, 'reclaimPolicy', 'Delete')
    fill(object, 'volumeBindingMode', 'Immediate')
  },
  PriorityClass: (object) => fill(object, 'preemptionPolicy', 'PreemptLowerPriority'),
  CustomResourceDefinition: defaultCrd,
  ValidatingWebhookConfiguration: defaultWebhooks,
  MutatingWebhookConfiguration: (object) => {
    defaultWebhooks(object)
    for (const hook of listAt(object, 'webhooks')) fill(hook, 'reinvocationPolicy', 'Never')
  },
}

function defaultNamespace(object: Json): void {
  const metadata = childOf(object, 'metadata')
  if (metadata.name)
    metadata.labels = { ...mapAt(metadata, 'labels'), 'kubernetes.io/metadata.name': metadata.name }
  fill(childOf(object, 'status'), 'phase', 'Active')
}

/** `stringData` is write-only: it is moved into `data`. */
function defaultSecret(object: Json): void {
  fill(object, 'type', 'Opaque')
  const { stringData } = object
  delete object.stringData
  if (!isMap(stringData)) return
  const data = childOf(object, 'data')
  for (const [key, text] of Object.entries(stringData))
    data[key] = Buffer.from(String(text)).toString('base64')
}

function defaultService(object: Json): void {
  const spec = specOf(object)
  fill(spec, 'sessionAffinity', 'None')
  if (spec.sessionAffinity === 'ClientIP') {
    fill(childOf(childOf(spec, 'sessionAffinityConfig'), 'clientIP'), 'timeoutSeconds', 10800)
  } else delete spec.sessionAffinityConfig
  fill(spec, 'type', 'ClusterIP')
  for (const port of listAt(spec, 'ports')) {
    fill(port, 'protocol', 'TCP')
    if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '')
      port.targetPort = port.port
  }
  const external = spec.type === 'NodePort' || spec.type === 'LoadBalancer' || Array.isArray(spec.externalIPs)
  if (external) fill(spec, 'externalTrafficPolicy', 'Cluster')
  if (spec.type !== 'ExternalName') fill(spec, 'internalTrafficPolicy', 'Cluster')
  if (spec.type === 'LoadBalancer') fill(spec, 'allocateLoadBalancerNodePorts', true)
}

function defaultVolume(object: Json): void {
  fill(specOf(object), 'persistentVolumeReclaimPolicy', 'Retain')
  fill(specOf(object), 'volumeMode', 'Filesystem')
  fill(childOf(object, 'status'), 'phase', 'Pending')
}

function defaultNetworkPolicy(object: Json): void {
  const spec = specOf(object)
  if (listOf(spec.policyTypes).length === 0) {
    spec.policyTypes = listOf(spec.egress).length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
  }
  for (const direction of ['ingress', 'egress']) {
    for (const rule of listAt(spec, direction)) {
      for (const port of listAt(rule, 'ports')) fill(port, 'protocol', 'TCP')
    }
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const RBAC = 'rbac.authorization.k8s.io'

function defaultBinding(object: Json): void {
  const roleRef = childOf(object, 'roleRef')
  if (!roleRef.apiGroup) roleRef.apiGroup = RBAC
  for (const subject of listAt(object, 'subjects')) {
    if (subject.kind === 'User' || subject.kind === 'Group') fill(subject, 'apiGroup', RBAC)
  }
}

function defaultAutoscaler(object: Json): void {
  const spec = specOf(object)
  fill(spec, 'minReplicas', 1)
  if (listOf(spec.metrics).length === 0) {
    const target = { type: 'Utilization', averageUtilization: 80 }
    spec.metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }]
  }
  const behavior = mapAt(spec, 'behavior')
  if (!behavior) return
  const percent = { type: 'Percent', value: 100, periodSeconds: 15 }
  const up = childOf(behavior, 'scaleUp')
  fill(up, 'stabilizationWindowSeconds', 0)
  fill(up, 'selectPolicy', 'Max')
  fill(up, 'policies', [{ type: 'Pods', value: 4, periodSeconds: 15 }, percent])
  const down = childOf(behavior, 'scaleDown')
  fill(down, 'selectPolicy', 'Max')
  fill(down, 'policies', [percent])
}

function defaultCrd(object: Json): void {
  const spec = specOf(object)
  const names = childOf(spec, 'names')
  fill(names, 'singular', String(names.kind ?? '').toLowerCase())
  fill(names, 'listKind', `${String(names.kind ?? '')}List`)
  fill(spec, 'conversion', { strategy: 'None' })
}

function defaultWebhooks(object: Json): void {
  for (const hook of listAt(object, 'webhooks')) {
    fill(hook, 'failurePolicy', 'Fail')
    fill(hook, 'matchPolicy', 'Equivalent')
    fill(hook, 'namespaceSelector', {})
    fill(hook, 'objectSelector', {})
    fill(hook, 'timeoutSeconds', 10)
    const service = mapAt(mapAt(hook, 'clientConfig') ?? {}, 'service')
    if (service) fill(service, 'port', 443)
    for (const rule of listAt(hook, 'rules')) fill(rule, 'scope', '*')
  }
}
