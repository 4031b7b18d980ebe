import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMaps, fleetChange, launch, managedObjects, see, startWorld } from './world/index.ts'

test('a cluster that leaves the fleet keeps what it runs, is shown as retired, and can be revoked', async () => {
  await using world = await startWorld()
  const before = { clusters: { 'dev-1': 'dev', 'dev-2': 'dev' }, apps: { web: configMaps('web', 2) } }
  const { members } = await launch(world, before)
  const { cluster, agent } = members['dev-2']
  const objects = managedObjects(cluster)

  const after = { clusters: { 'dev-1': 'dev' }, apps: { web: configMaps('web', 3) } }
  const commit = await world.push('Let dev-2 go', fleetChange(before, after))
  await until(async () => (await see(world).placement('dev-1', 'web')).objects.total === 3)
  const retired = await see(world).cluster('dev-2')
  assert.ok(retired.retiredAt)
  assert.notEqual(retired.commit, commit)
  const { items } = await world.hub.get('/v1/clusters?retired=true')
  assert.deepEqual(
    items.map(({ name }: { name: string }) => name),
    ['dev-2'],
  )
  assert.deepEqual(managedObjects(cluster), objects)

  const isConnected = async () => {
    const answer = await fetch(`${world.nats.monitorUrl}/connz`)
    return /"roadstead-agent dev-2 /.test(await answer.text())
  }
  assert.equal(await isConnected(), true)
  await world.hub.post('/v1/clusters/dev-2/revoke')
  await until(async () => !(await isConnected()))
  assert.ok((await see(world).cluster('dev-2')).agent.revokedAt)

  // It still enforces what it has.
  const web0 = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'web-0' }
  cluster.objects.patch(web0, { data: { part: 'edited' } }, 'kubectl-edit')
  await until(() => agent.counts.get('drift.corrected'))
  assert.deepEqual(managedObjects(cluster), objects)
  assert.equal(cluster.counters.total('delete'), 0)
})
