import type { ObjectAccess } from './access.ts'

/** Reported as the kubelet's version on every node. */
const KUBELET_VERSION = 'v1.34.0+simulated'

/** Gives a cluster what a real one has before anyone touches it: namespaces, nodes, default classes. */
export function bootstrap(objects: ObjectAccess, nodes: number): void {
  const manager = 'kube-apiserver'
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    if (objects.get({ apiVersion: 'v1', kind: 'Namespace', name })) continue
    objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, manager)
  }
  for (let index = 1; index <= nodes; index++) {
    const name = nodeName(index)
    if (!objects.get({ apiVersion: 'v1', kind: 'Node', name })) objects.create(node(name), 'kubelet')
  }
  const storage = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', name: 'standard' }
  if (!objects.get(storage)) {
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
    const { name, ...type } = storage
    objects.create(
      { ...type, metadata: { name, annotations }, provisioner: 'roadstead.dev/simulated' },
      manager,
    )
  }
}

export const nodeName = (index: number): string => `simulated-node-${index}`

function node(name: string): Record<string, unknown> {
  const capacity = { cpu: '8', memory: '32Gi', pods: '110' }
  const condition = (type: string, status: string, reason: string) => ({
    type,
    status,
    reason,
    message: 'simulated',
    lastHeartbeatTime: new Date().toISOString(),
    lastTransitionTime: new Date().toISOString(),
  })
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
      annotations: { 'sim.roadstead.dev/simulated': 'true' },
    },
    status: {
      capacity,
      allocatable: capacity,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
        condition('Ready', 'True', 'KubeletReady'),
      ],
      addresses: [{ type: 'Hostname', address: name }],
      nodeInfo: {
        architecture: 'amd64',
        bootID: 'simulated',
        containerRuntimeVersion: 'simulated://1.0',
        kernelVersion: 'simulated',
        kubeProxyVersion: '',
        kubeletVersion: KUBELET_VERSION,
        machineID: 'simulated',
        operatingSystem: 'linux',
        osImage: 'Roadstead simulated node',
        systemUUID: 'simulated',
      },
    },
  }
}
