import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/until.ts'
import { CONFIG_MAPS, call, configMap, startCluster } from './testing.ts'

test('a namespace is Terminating until everything in it is gone', async (t) => {
  const cluster = await startCluster(t)
  const namespace = { apiVersion: 'v1', kind: 'Namespace', name: 'team' }
  cluster.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } })
  await until(() =>
    cluster.objects.get({ apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'team', name: 'default' }),
  )
  cluster.objects.create(configMap('plain', {}, { namespace: 'team' }))
  cluster.objects.create(configMap('held', {}, { namespace: 'team', finalizers: ['example.com/hold'] }))
  assert.equal((await call(cluster, 'DELETE', '/api/v1/namespaces/team')).code, 200)
  await until(() => cluster.objects.list('v1', 'ConfigMap', 'team').length === 1)
  assert.deepEqual(cluster.objects.get(namespace)?.status, { phase: 'Terminating' })
  const refused = await call(
    cluster,
    'POST',
    '/api/v1/namespaces/team/configmaps',
    configMap('late', {}, { namespace: 'team' }),
  )
  assert.equal(refused.code, 403)
  const held = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'team', name: 'held' }
  cluster.objects.patch(held, { metadata: { finalizers: null } })
  await until(() => cluster.objects.get(namespace) === undefined)
})

test('a custom kind is served while its definition is there, and its objects go with it', async (t) => {
  const cluster = await startCluster(t)
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    schema: { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } },
  }
  const names = { plural: 'gizmos', kind: 'Gizmo' }
  cluster.objects.create({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gizmos.example.com' },
    spec: { group: 'example.com', scope: 'Cluster', names, versions: [version] },
  })
  const path = '/apis/example.com/v1/gizmos'
  await until(async () => (await call(cluster, 'GET', path)).code === 200)
  const gizmo = { apiVersion: 'example.com/v1', kind: 'Gizmo', metadata: { name: 'g' }, spec: {} }
  assert.equal((await call(cluster, 'POST', path, gizmo)).code, 201)
  cluster.objects.delete({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    name: 'gizmos.example.com',
  })
  await until(async () => (await call(cluster, 'GET', path)).code === 404)
  assert.ok(!('gizmos.example.com' in cluster.save().objects))
})

test('everything is there again in a cluster started from a saved state', async (t) => {
  const first = await startCluster(t)
  first.objects.create(configMap('a', { k: 'v' }))
  const second = await startCluster(t, { seedState: first.save() })
  const object = second.objects.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'a' })
  assert.deepEqual(object?.data, { k: 'v' })
})

test('a delete with a stale precondition is refused', async (t) => {
  const cluster = await startCluster(t)
  cluster.objects.create(configMap('a'))
  const answer = await call(cluster, 'DELETE', `${CONFIG_MAPS}/a`, {
    preconditions: { resourceVersion: '1' },
  })
  assert.equal(answer.code, 409)
})

test('it says that it is simulated', async (t) => {
  const cluster = await startCluster(t)
  const version = await call(cluster, 'GET', '/version')
  assert.equal(version.body.gitVersion, 'v1.34.0+simulated')
  assert.equal(version.headers.get('x-roadstead-simulated'), 'true')
})
