import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/until.ts'
import type { SimulatedCluster } from './index.ts'
import { deployment, startCluster } from './testing.ts'

interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
}
interface PodStatus {
  readonly phase: string
  readonly containerStatuses: {
    restartCount: number
    state: { waiting?: { reason: string; message: string } }
  }[]
}

const ref = (apiVersion: string, kind: string, name: string) => ({
  apiVersion,
  kind,
  namespace: 'default',
  name,
})
const statusOf = (cluster: SimulatedCluster, apiVersion: string, kind: string, name: string) =>
  (cluster.objects.get(ref(apiVersion, kind, name))?.status ?? {}) as Record<string, unknown> & {
    conditions?: Condition[]
  }
const condition = (cluster: SimulatedCluster, name: string, type: string) =>
  statusOf(cluster, 'apps/v1', 'Deployment', name).conditions?.find((one) => one.type === type)
const pods = (cluster: SimulatedCluster) => cluster.objects.list('v1', 'Pod', 'default')
const waitingReasons = (cluster: SimulatedCluster) =>
  pods(cluster).map(
    (pod) => (pod.status as unknown as PodStatus).containerStatuses?.[0]?.state.waiting?.reason,
  )
const available = (cluster: SimulatedCluster, name: string, replicas: number) => {
  const status = statusOf(cluster, 'apps/v1', 'Deployment', name)
  const { generation } = cluster.objects.get(ref('apps/v1', 'Deployment', name))?.metadata ?? {}
  return (
    status.observedGeneration === generation &&
    status.updatedReplicas === replicas &&
    status.replicas === replicas &&
    status.availableReplicas === replicas
  )
}

test('a Deployment becomes available, rolls over to a new image and keeps its history', async (t) => {
  const cluster = await startCluster(t)
  cluster.objects.apply(deployment('web', 'web:1'), 'me')
  await until(() => available(cluster, 'web', 2))
  assert.equal(condition(cluster, 'web', 'Progressing')?.reason, 'NewReplicaSetAvailable')
  cluster.objects.apply(deployment('web', 'web:2'), 'me')
  await until(() => available(cluster, 'web', 2))
  const images = pods(cluster).map(
    (pod) => (pod.spec as { containers: { image: string }[] }).containers[0]?.image,
  )
  assert.deepEqual(images, ['web:2', 'web:2'])
  assert.equal(cluster.objects.list('apps/v1', 'ReplicaSet').length, 2)
})

test('an image tag can break a Deployment, and old pods go on serving', async (t) => {
  const cluster = await startCluster(t)
  cluster.objects.apply(deployment('web', 'web:1'), 'me')
  await until(() => available(cluster, 'web', 2))
  cluster.objects.apply(deployment('web', 'web:image-pull-error'), 'me')
  await until(() => waitingReasons(cluster).includes('ImagePullBackOff'))
  assert.equal(condition(cluster, 'web', 'Available')?.status, 'True')
  assert.equal(statusOf(cluster, 'apps/v1', 'Deployment', 'web').availableReplicas, 2)
  cluster.objects.apply(deployment('web', 'web:3'), 'me')
  await until(() => available(cluster, 'web', 2))
})

test('a crash loop restarts ever more often, and the progress deadline is noticed', async (t) => {
  const cluster = await startCluster(t)
  cluster.objects.apply(deployment('web', 'web:crash-loop', { progressDeadlineSeconds: 1 }), 'me')
  await until(() => {
    const restarts = pods(cluster).map(
      (pod) => (pod.status as unknown as PodStatus).containerStatuses?.[0]?.restartCount ?? 0,
    )
    return waitingReasons(cluster).includes('CrashLoopBackOff') && Math.max(...restarts) >= 1
  })
  await until(() => condition(cluster, 'web', 'Progressing')?.reason === 'ProgressDeadlineExceeded')
  assert.equal(condition(cluster, 'web', 'Progressing')?.status, 'False')
  assert.equal(condition(cluster, 'web', 'Available')?.status, 'False')
})

test('an annotation on the workload switches a behaviour on and off', async (t) => {
  const cluster = await startCluster(t)
  const annotation = 'sim.roadstead.dev/behaviour'
  cluster.objects.apply(deployment('web', 'web:1', {}, { [annotation]: 'never-ready' }), 'me')
  await until(
    () =>
      pods(cluster).length === 2 &&
      pods(cluster).every((pod) => (pod.status as unknown as PodStatus).phase === 'Running'),
  )
  assert.equal(statusOf(cluster, 'apps/v1', 'Deployment', 'web').availableReplicas, undefined)
  cluster.objects.apply(deployment('web', 'web:1'), 'me')
  await until(() => available(cluster, 'web', 2))
})

test('deleting a Deployment takes its ReplicaSets and pods with it, or leaves them', async (t) => {
  const cluster = await startCluster(t)
  cluster.objects.apply(deployment('web', 'web:1'), 'me')
  cluster.objects.apply(deployment('kept', 'kept:1'), 'me')
  await until(() => available(cluster, 'web', 2) && available(cluster, 'kept', 2))
  cluster.objects.delete(ref('apps/v1', 'Deployment', 'web'), { propagationPolicy: 'Foreground' })
  cluster.objects.delete(ref('apps/v1', 'Deployment', 'kept'), { propagationPolicy: 'Orphan' })
  await until(() => cluster.objects.list('apps/v1', 'Deployment').length === 0)
  await until(() => pods(cluster).length === 2)
  const left = cluster.objects.list('apps/v1', 'ReplicaSet')
  assert.equal(left.length, 1)
  assert.equal(left[0]?.metadata.ownerReferences, undefined)
})

test('a StatefulSet makes its pods in order, each with its claim', async (t) => {
  const cluster = await startCluster(t)
  const template = {
    metadata: { labels: { app: 'db' } },
    // The template mounts a volume that only the claim names.
    spec: {
      containers: [{ name: 'db', image: 'db:1', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    },
  }
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  }
  const spec = {
    serviceName: 'db',
    replicas: 2,
    selector: { matchLabels: { app: 'db' } },
    template,
    volumeClaimTemplates: [claim],
  }
  cluster.objects.create({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace: 'default' },
    spec,
  })
  await until(() => statusOf(cluster, 'apps/v1', 'StatefulSet', 'db').readyReplicas === 2)
  assert.deepEqual(
    pods(cluster).map((pod) => pod.metadata.name),
    ['db-0', 'db-1'],
  )
  await until(() => statusOf(cluster, 'v1', 'PersistentVolumeClaim', 'data-db-1').phase === 'Bound')
})

test('a DaemonSet runs on every node, a Job runs to its end or fails', async (t) => {
  const cluster = await startCluster(t, { nodes: 4 })
  const meta = (name: string) => ({ name, namespace: 'default' })
  const template = (image: string, restartPolicy = 'Always') => ({
    metadata: { labels: { app: 'x' } },
    spec: { restartPolicy, containers: [{ name: 'c', image }] },
  })
  const selector = { matchLabels: { app: 'x' } }
  cluster.objects.create({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: meta('d'),
    spec: { selector, template: template('d:1') },
  })
  for (const [name, image] of [
    ['good', 'j:1'],
    ['bad', 'j:job-fails'],
  ] as const) {
    const spec = { backoffLimit: 1, template: template(image, 'Never') }
    cluster.objects.create({ apiVersion: 'batch/v1', kind: 'Job', metadata: meta(name), spec })
  }
  await until(() => statusOf(cluster, 'apps/v1', 'DaemonSet', 'd').numberReady === 4)
  const ended = (name: string) =>
    statusOf(cluster, 'batch/v1', 'Job', name).conditions?.map((one) => one.type)
  await until(() => ended('good')?.includes('Complete') && ended('bad')?.includes('Failed'))
  assert.equal(statusOf(cluster, 'batch/v1', 'Job', 'bad').failed, 2)
})

test('an autoscaler moves its target into its bounds, as another field manager', async (t) => {
  const cluster = await startCluster(t)
  cluster.objects.apply(deployment('web', 'web:1'), 'me')
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  const spec = { minReplicas: 3, maxReplicas: 5, scaleTargetRef }
  const metadata = { name: 'web', namespace: 'default' }
  cluster.objects.create({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec })
  await until(() => available(cluster, 'web', 3))
})
