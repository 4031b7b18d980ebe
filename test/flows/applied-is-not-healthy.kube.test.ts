import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { deployment, launch, see, smallFleet, startWorld } from './world/index.ts'

test('a release whose Pods crash is applied and not healthy, with the reason, until one comes that runs', async () => {
  await using world = await startWorld()
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: deployment('web', 'example/web:1') } }
  await launch(world, fleet)
  const release = (tag: string) =>
    world.push(
      `Release ${tag}`,
      smallFleet({ ...fleet, apps: { web: deployment('web', `example/web:${tag}`) } }),
    )

  await release('crash-loop')
  const web = await until(async () => {
    const seen = await see(world).placement('dev-1', 'web')
    return seen.status === 'degraded' && seen
  })
  assert.equal(web.current, true)
  assert.equal(web.milestones.applied.generation, 2)
  assert.equal(web.milestones.applied.current, true)
  assert.equal(web.milestones.healthy.generation, 1)
  assert.equal(web.milestones.healthy.current, false)
  assert.equal(web.health, 'Degraded')
  assert.match(web.reason, /Deployment default\/web.*CrashLoopBackOff/)
  assert.equal((await world.hub.get('/v1/fleet/health')).clusters.healthy, 0)

  await world.settled(await release('3'))
  const { milestones } = await see(world).placement('dev-1', 'web')
  assert.equal(milestones.healthy.generation, 3)
})
