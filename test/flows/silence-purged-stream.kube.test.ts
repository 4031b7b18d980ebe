import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { streams } from '@roadstead/proto'
import { until } from '../harness/index.ts'
import { configMap, configMaps, launch, managedObjects, smallFleet, startWorld } from './world/index.ts'

test('a purged stream of assignments removes nothing, also from under an agent that starts anew', async () => {
  await using world = await startWorld()
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: configMaps('web', 3) } }
  const { members } = await launch(world, fleet)
  const { cluster, agent } = members['dev-1']
  const before = managedObjects(cluster)
  cluster.counters.reset()

  const manager = await jetstreamManager(await world.connectBroker())
  assert.equal((await manager.streams.purge(streams.assignments)).purged, 1)
  await agent.stop()
  cluster.objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'web-1' })
  await agent.start()
  // It goes on with the assignment it had, which says that the object is to be there.
  await until(() => managedObjects(cluster)['ConfigMap/web-1'])
  const { 'ConfigMap/web-1': repaired, ...untouched } = managedObjects(cluster)
  assert.notEqual(repaired, before['ConfigMap/web-1'])
  assert.deepEqual({ ...untouched, 'ConfigMap/web-1': before['ConfigMap/web-1'] }, before)
  assert.equal(cluster.counters.total('delete'), 0)

  const more = { ...fleet, apps: { ...fleet.apps, other: configMap('other', {}) } }
  await world.settled(await world.push('Add another', smallFleet(more)))
  assert.ok(managedObjects(cluster)['ConfigMap/other'])
  assert.equal(cluster.counters.total('delete'), 0)
})
