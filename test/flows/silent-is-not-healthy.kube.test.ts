import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMap, launch, see, startWorld } from './world/index.ts'

test('a cluster that went silent is shown as silent, never as healthy, until it is heard again', async () => {
  await using world = await startWorld()
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: configMap('web', {}) } }
  const { members, commit } = await launch(world, fleet)
  await members['dev-1'].agent.stop()
  const impatient = await world.addReplica({ silentAfterMs: 1_000 })

  const cluster = await until(async () => {
    const seen = await see(world).cluster('dev-1')
    return seen.silent && seen
  })
  assert.equal(cluster.status, 'silent')
  assert.equal(cluster.placements[0].status, 'silent')
  // What it said last is still there, as what it is: the last word.
  assert.equal(cluster.placements[0].milestones.healthy.generation, 1)
  const health = await world.hub.get('/v1/fleet/health')
  assert.deepEqual([health.clusters.silent, health.clusters.healthy], [1, 0])
  assert.deepEqual([health.apps.silent, health.apps.healthy], [1, 0])
  assert.equal((await see(world).events('cluster.silent')).length, 1)

  await impatient.stop()
  await members['dev-1'].agent.start()
  await world.settled(commit)
  assert.equal((await see(world).events('cluster.returned')).length, 1)
})
