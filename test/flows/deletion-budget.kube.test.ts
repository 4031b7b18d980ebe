import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMaps, launch, managedObjects, see, smallFleet, startWorld } from './world/index.ts'

test('a removal above the deletion budget waits until an approval is committed', async () => {
  await using world = await startWorld()
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: configMaps('web', 15) } }
  const { members } = await launch(world, fleet)
  const { cluster } = members['dev-1']
  const before = managedObjects(cluster)

  const tree = smallFleet({ ...fleet, apps: { web: configMaps('web', 3) } })
  await world.push('Drop twelve of fifteen', tree)
  const held = await until(async () => {
    const web = await see(world).placement('dev-1', 'web')
    return web.objects.retained > 0 && web
  })
  assert.deepEqual(managedObjects(cluster), before)
  assert.equal(cluster.counters.total('delete'), 0)
  assert.equal(held.objects.retained, 12)
  assert.equal(held.status, 'failed')
  assert.equal(held.milestones.applied.current, false)
  assert.equal(held.problems[0].code, 'deletion-budget')
  assert.match(held.problems[0].message, /12 objects would be deleted and the budget is 10/)

  const approval = `${tree['fleet.yaml']}  deletionApprovals:
    - { app: web, environment: dev, maxObjects: 12, reason: "web becomes smaller" }
`
  await world.settled(await world.push('Approve it', { 'fleet.yaml': approval }))
  const kept = ['ConfigMap/web-0', 'ConfigMap/web-1', 'ConfigMap/web-2']
  assert.deepEqual(managedObjects(cluster), Object.fromEntries(kept.map((name) => [name, before[name]])))
  assert.equal((await see(world).placement('dev-1', 'web')).problemCount, 0)
})
