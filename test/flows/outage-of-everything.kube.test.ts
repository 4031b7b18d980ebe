import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { until } from '../harness/index.ts'
import { configMaps, launch, managedObjects, see, smallFleet, startWorld } from './world/index.ts'

const ref = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name })

test('with hub, broker and database down a restarted agent goes on repairing, and tells all of it later', async () => {
  await using world = await startWorld({ ownPostgres: true, hubAsProgram: true })
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: configMaps('web', 3) } }
  const { members, commit } = await launch(world, fleet)
  const { cluster, agent } = members['dev-1']
  const before = managedObjects(cluster)

  await world.hub.kill()
  await world.nats.kill()
  await world.postgres?.kill()
  await agent.stop()
  cluster.objects.patch(ref('web-0'), { data: { part: 'edited while nobody looked' } }, 'kubectl-edit')
  await agent.start()
  await until(() => isDeepStrictEqual(cluster.objects.get(ref('web-0'))?.data, { part: '0' }))
  cluster.objects.delete(ref('web-1'))
  await until(() => cluster.objects.get(ref('web-1')))
  assert.equal(managedObjects(cluster)['ConfigMap/web-2'], before['ConfigMap/web-2'])
  await until(() => agent.counts.get('drift.corrected') === 2)

  await world.postgres?.restart()
  await world.nats.restart()
  await world.hub.start()
  const drift = await until(async () => {
    const all = await see(world).drift()
    return all.length >= 2 && all.every(({ state }) => state === 'corrected') && all
  })
  assert.deepEqual(
    drift.map(({ object, change, manager }) => [object.name, change, manager]),
    [
      ['web-0', 'modified', 'kubectl-edit'],
      ['web-1', 'deleted', null],
    ],
  )
  await world.settled(commit)
  assert.equal((await world.hub.get('/v1/fleet/health')).drift.open, 0)

  // Nothing is owed: what comes next goes its way, and what was told is not told again.
  await world.settled(
    await world.push('Go on', smallFleet({ ...fleet, apps: { web: configMaps('web', 4) } })),
  )
  assert.equal((await see(world).drift()).length, 2)
  assert.equal((await see(world).events('drift.corrected')).length, 2)
  assert.equal((await see(world).events('assignment.accepted')).length, 2)
})
