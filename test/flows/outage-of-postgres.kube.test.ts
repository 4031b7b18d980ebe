import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMaps, launch, see, smallFleet, startWorld } from './world/index.ts'

test('after kill -9 of PostgreSQL the hub finds its way back: reports made meanwhile, and the next push', async () => {
  await using world = await startWorld({ ownPostgres: true })
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: configMaps('web', 2) } }
  const { members } = await launch(world, fleet)
  const { cluster, agent } = members['dev-1']

  await world.postgres?.kill()
  const ready = () => fetch(`${world.hub.url}/healthz/ready`).then(({ status }) => status)
  await until(async () => (await ready()) === 503)
  const web0 = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'web-0' }
  cluster.objects.patch(web0, { data: { part: 'edited' } }, 'kubectl-edit')
  await until(() => agent.counts.get('drift.corrected'))
  await world.postgres?.restart()

  await until(async () => (await see(world).events('drift.corrected')).length === 1, { deadlineMs: 20_000 })
  assert.equal(await until(ready), 200)
  const more = smallFleet({ ...fleet, apps: { web: configMaps('web', 3) } })
  await world.settled(await world.push('Go on', more))
  assert.equal((await see(world).drift()).length, 1)
})
