import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMaps, launch, managedObjects, smallFleet, startWorld } from './world/index.ts'

test('a push while the broker is down reaches the clusters once it is back after kill -9', async () => {
  await using world = await startWorld()
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: configMaps('web', 2) } }
  const { members } = await launch(world, fleet)

  await world.nats.kill()
  const more = smallFleet({ ...fleet, apps: { web: configMaps('web', 3) } })
  const commit = await world.push('Into the void', more)
  await until(async () => (await world.hub.get('/v1/fleet/health')).commit.inForce === commit)
  assert.deepEqual(Object.keys(managedObjects(members['dev-1'].cluster)), [
    'ConfigMap/web-0',
    'ConfigMap/web-1',
  ])
  await world.nats.restart()
  await world.settled(commit)
  assert.ok(managedObjects(members['dev-1'].cluster)['ConfigMap/web-2'])
})
