import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMap, launch, see, smallFleet, startWorld } from './world/index.ts'

test('a commit that a cluster has not heard of is offered there and no more, however healthy the one before is', async () => {
  await using world = await startWorld()
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: configMap('web', { release: '1' }) } }
  const { members } = await launch(world, fleet)
  await members['dev-1'].agent.stop()

  const next = smallFleet({ ...fleet, apps: { web: configMap('web', { release: '2' }) } })
  const commit = await world.push('Release 2', next)
  const web = await until(async () => {
    const { milestones, ...rest } = await see(world).placement('dev-1', 'web')
    return milestones.offered.generation === 2 && { milestones, ...rest }
  })
  assert.equal(web.status, 'pending')
  assert.equal(web.current, false)
  assert.notEqual(web.release.wanted, web.release.reported)
  const { offered, accepted, applied, healthy } = web.milestones
  assert.equal(offered.current, true)
  for (const earlier of [accepted, applied, healthy]) {
    assert.equal(earlier.current, false)
    assert.equal(earlier.generation, 1)
  }
  const cluster = await see(world).cluster('dev-1')
  assert.equal(cluster.status, 'progressing')
  assert.deepEqual(cluster.generation, { assigned: 2, offered: 2, accepted: 1 })
  assert.equal((await world.hub.get('/v1/fleet/health')).clusters.healthy, 0)

  await members['dev-1'].agent.start()
  await world.settled(commit)
})
