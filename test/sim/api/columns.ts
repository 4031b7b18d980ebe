import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { age } from './age.ts'
import { podStatus } from './podstatus.ts'
import type { Column } from './table.ts'

/** Printed columns of the built-in kinds (kubernetes pkg/printers/internalversion/printers.go). */
type Read = (parts: { spec: Json; status: Json; object: KubeObject }) => unknown

const column = (name: string, read: Read, extra: Partial<Column> = {}): Column => ({
  name,
  ...extra,
  cell: (object) => {
    const spec = isMap(object.spec) ? object.spec : {}
    const status = isMap(object.status) ? object.status : {}
    return read({ spec, status, object })
  },
})
const wide = (name: string, read: Read) => column(name, read, { priority: 1 })
const count = (name: string, read: Read) => column(name, read, { type: 'integer' })
const AGE = column('Age', ({ object }) => age(object.metadata.creationTimestamp))

const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isMap) : [])
const containers = (spec: Json) => listOf((spec.template as { spec?: Json } | undefined)?.spec?.containers)
const names = wide('Containers', ({ spec }) =>
  containers(spec)
    .map((one) => one.name)
    .join(','),
)
const images = wide('Images', ({ spec }) =>
  containers(spec)
    .map((one) => one.image)
    .join(','),
)
const selectorText = (value: unknown) => {
  const labels = (isMap(value) && isMap(value.matchLabels) ? value.matchLabels : value) as Json | undefined
  const text = Object.entries(labels ?? {}).map(([key, one]) => `${key}=${one}`)
  return text.join(',') || '<none>'
}
const selector = wide('Selector', ({ spec }) => selectorText(spec.selector))
const size = (value: unknown) => (isMap(value) ? Object.keys(value).length : 0)

function servicePorts(spec: Json): string {
  const text = listOf(spec.ports).map((port) => {
    const node = port.nodePort ? `:${port.nodePort}` : ''
    return `${port.port}${node}/${port.protocol}`
  })
  return text.join(',') || '<none>'
}

function externalIp(spec: Json, status: Json): string {
  if (spec.type === 'ExternalName') return String(spec.externalName)
  if (spec.type !== 'LoadBalancer') return '<none>'
  const ingress = listOf((status.loadBalancer as Json | undefined)?.ingress)
  return ingress.map((one) => one.ip ?? one.hostname).join(',') || '<pending>'
}

function jobStatus(status: Json): string {
  const conditions = listOf(status.conditions)
  const is = (type: string) => conditions.some((one) => one.type === type && one.status === 'True')
  if (is('Complete')) return 'Complete'
  if (is('Failed')) return 'Failed'
  return is('Suspended') ? 'Suspended' : 'Running'
}

export const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  Namespace: [column('Status', ({ status }) => status.phase), AGE],
  ConfigMap: [column('Data', ({ object }) => size(object.data) + size(object.binaryData)), AGE],
  Secret: [
    column('Type', ({ object }) => object.type),
    column('Data', ({ object }) => size(object.data)),
    AGE,
  ],
  ServiceAccount: [
    column('Secrets', ({ object }) => listOf(object.secrets).length, { type: 'integer' }),
    AGE,
  ],
  Service: [
    column('Type', ({ spec }) => spec.type),
    column('Cluster-IP', ({ spec }) => spec.clusterIP ?? '<none>'),
    column('External-IP', ({ spec, status }) => externalIp(spec, status)),
    column('Port(s)', ({ spec }) => servicePorts(spec)),
    AGE,
    wide('Selector', ({ spec }) => selectorText(spec.selector)),
  ],
  Pod: [
    column('Ready', ({ object }) => podStatus(object).ready),
    column('Status', ({ object }) => podStatus(object).status),
    column('Restarts', ({ object }) => podStatus(object).restarts),
    AGE,
    wide('IP', ({ status }) => status.podIP ?? '<none>'),
    wide('Node', ({ spec }) => spec.nodeName ?? '<none>'),
    wide('Nominated Node', () => '<none>'),
    wide('Readiness Gates', () => '<none>'),
  ],
  Node: [
    column('Status', () => 'Ready'),
    column('Roles', () => '<none>'),
    AGE,
    column('Version', ({ status }) => (status.nodeInfo as Json | undefined)?.kubeletVersion),
  ],
  PersistentVolumeClaim: [
    column('Status', ({ status }) => status.phase),
    column('Volume', ({ spec }) => spec.volumeName ?? ''),
    column('Capacity', ({ status }) => (status.capacity as Json | undefined)?.storage ?? ''),
    column('Access Modes', ({ status }) => accessModes(status.accessModes)),
    column('StorageClass', ({ spec }) => spec.storageClassName ?? ''),
    column('VolumeAttributesClass', () => '<unset>'),
    AGE,
    wide('VolumeMode', ({ spec }) => spec.volumeMode),
  ],
  PersistentVolume: [
    column('Capacity', ({ spec }) => (spec.capacity as Json | undefined)?.storage ?? ''),
    column('Access Modes', ({ spec }) => accessModes(spec.accessModes)),
    column('Reclaim Policy', ({ spec }) => spec.persistentVolumeReclaimPolicy),
    column('Status', ({ status }) => status.phase),
    column('Claim', ({ spec }) => claimText(spec.claimRef)),
    column('StorageClass', ({ spec }) => spec.storageClassName ?? ''),
    AGE,
  ],
  Event: [
    column('Last Seen', ({ object }) =>
      age((object.lastTimestamp ?? object.metadata.creationTimestamp) as string),
    ),
    column('Type', ({ object }) => object.type),
    column('Reason', ({ object }) => object.reason),
    column('Object', ({ object }) => involved(object.involvedObject)),
    column('Message', ({ object }) => object.message),
  ],
  Endpoints: [column('Endpoints', ({ object }) => endpointText(object)), AGE],
  Deployment: [
    column('Ready', ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`),
    count('Up-to-date', ({ status }) => status.updatedReplicas ?? 0),
    count('Available', ({ status }) => status.availableReplicas ?? 0),
    AGE,
    names,
    images,
    selector,
  ],
  StatefulSet: [
    column('Ready', ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`),
    AGE,
    names,
    images,
  ],
  DaemonSet: [
    count('Desired', ({ status }) => status.desiredNumberScheduled ?? 0),
    count('Current', ({ status }) => status.currentNumberScheduled ?? 0),
    count('Ready', ({ status }) => status.numberReady ?? 0),
    count('Up-to-date', ({ status }) => status.updatedNumberScheduled ?? 0),
    count('Available', ({ status }) => status.numberAvailable ?? 0),
    column('Node Selector', () => '<none>'),
    AGE,
    names,
    images,
    selector,
  ],
  ReplicaSet: [
    count('Desired', ({ spec }) => spec.replicas ?? 0),
    count('Current', ({ status }) => status.replicas ?? 0),
    count('Ready', ({ status }) => status.readyReplicas ?? 0),
    AGE,
    names,
    images,
    selector,
  ],
  Job: [
    column('Status', ({ status }) => jobStatus(status)),
    column('Completions', ({ spec, status }) => `${status.succeeded ?? 0}/${spec.completions ?? 1}`),
    column('Duration', ({ status }) => duration(status)),
    AGE,
    names,
    images,
    selector,
  ],
  CronJob: [
    column('Schedule', ({ spec }) => spec.schedule),
    column('Timezone', ({ spec }) => spec.timeZone ?? '<none>'),
    column('Suspend', ({ spec }) => (spec.suspend ? 'True' : 'False')),
    count('Active', ({ status }) => listOf(status.active).length),
    column('Last Schedule', () => '<none>'),
    AGE,
  ],
  Ingress: [
    column('Class', ({ spec }) => spec.ingressClassName ?? '<none>'),
    column(
      'Hosts',
      ({ spec }) =>
        listOf(spec.rules)
          .map((one) => one.host ?? '*')
          .join(',') || '*',
    ),
    column('Address', ({ status }) => addressText(status)),
    column('Ports', ({ spec }) => (listOf(spec.tls).length > 0 ? '80, 443' : '80')),
    AGE,
  ],
  PodDisruptionBudget: [
    column('Min Available', ({ spec }) => String(spec.minAvailable ?? 'N/A')),
    column('Max Unavailable', ({ spec }) => String(spec.maxUnavailable ?? 'N/A')),
    count('Allowed Disruptions', ({ status }) => status.disruptionsAllowed ?? 0),
    AGE,
  ],
  HorizontalPodAutoscaler: [
    column('Reference', ({ spec }) => involved(spec.scaleTargetRef)),
    column('Targets', () => '<simulated>'),
    column('MinPods', ({ spec }) => String(spec.minReplicas ?? '<unset>')),
    count('MaxPods', ({ spec }) => spec.maxReplicas),
    count('Replicas', ({ status }) => status.currentReplicas ?? 0),
    AGE,
  ],
  CustomResourceDefinition: [column('Created At', ({ object }) => object.metadata.creationTimestamp)],
  Role: [column('Created At', ({ object }) => object.metadata.creationTimestamp)],
  ClusterRole: [column('Created At', ({ object }) => object.metadata.creationTimestamp)],
  RoleBinding: [column('Role', ({ object }) => roleText(object.roleRef)), AGE],
  ClusterRoleBinding: [column('Role', ({ object }) => roleText(object.roleRef)), AGE],
  StorageClass: [
    column('Provisioner', ({ object }) => object.provisioner),
    column('ReclaimPolicy', ({ object }) => object.reclaimPolicy),
    column('VolumeBindingMode', ({ object }) => object.volumeBindingMode),
    column('AllowVolumeExpansion', ({ object }) => object.allowVolumeExpansion ?? false, { type: 'boolean' }),
    AGE,
  ],
  PriorityClass: [
    count('Value', ({ object }) => object.value),
    column('Global-Default', ({ object }) => object.globalDefault ?? false, { type: 'boolean' }),
    AGE,
  ],
  Lease: [column('Holder', ({ spec }) => spec.holderIdentity ?? ''), AGE],
}

const MODES: Record<string, string> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}
const accessModes = (value: unknown) =>
  Array.isArray(value) ? value.map((mode) => MODES[String(mode)] ?? mode).join(',') : ''
const claimText = (value: unknown) => (isMap(value) ? `${value.namespace}/${value.name}` : '')
const involved = (value: unknown) => (isMap(value) ? `${String(value.kind)}/${value.name}` : '')
const roleText = involved

function addressText(status: Json): string {
  const balancer = isMap(status.loadBalancer) ? status.loadBalancer : {}
  return listOf(balancer.ingress)
    .map((one) => one.ip ?? one.hostname)
    .join(',')
}

function endpointText(object: KubeObject): string {
  const all = listOf(object.subsets).flatMap((subset) =>
    listOf(subset.addresses).flatMap((one) => listOf(subset.ports).map((port) => `${one.ip}:${port.port}`)),
  )
  return all.join(',') || '<none>'
}

function duration(status: Json): string {
  if (typeof status.startTime !== 'string') return ''
  const end = typeof status.completionTime === 'string' ? Date.parse(status.completionTime) : Date.now()
  return age(status.startTime, end)
}
