import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMap, deployment, launch, managedObjects, startWorld } from './world/index.ts'

test('stopping hub and broker removes nothing from a cluster', async () => {
  await using world = await startWorld()
  const apps = { web: deployment('web', 'example/web:1'), settings: configMap('settings', { mode: 'calm' }) }
  const { members } = await launch(world, { clusters: { 'dev-1': 'dev' }, apps })
  const { cluster, agent } = members['dev-1']
  const before = managedObjects(cluster)
  assert.deepEqual(Object.keys(before), ['ConfigMap/settings', 'Deployment/web'])
  cluster.counters.reset()

  await world.hub.stop()
  await world.nats.stop()
  // What proves that the agent went on with its work after both were gone.
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'settings' }
  cluster.objects.patch(settings, { data: { mode: 'edited' } }, 'kubectl-edit')
  await until(() => agent.counts.get('drift.corrected'))

  assert.deepEqual(managedObjects(cluster), before)
  assert.equal(cluster.counters.total('delete'), 0)
})
