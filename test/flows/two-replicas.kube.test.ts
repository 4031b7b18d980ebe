import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMap, type HubPart, launch, smallFleet, startWorld } from './world/index.ts'

const leads = ({ lines }: HubPart) => lines.some((line) => line.includes('"this replica leads"'))

test('of two replicas one leads and both serve; when the leader is killed the other carries the next push', async () => {
  await using world = await startWorld({ hubAsProgram: true })
  await until(() => leads(world.hub))
  const second = await world.addReplica()
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: configMap('web', { release: '1' }) } }
  await launch(world, fleet)
  const release = (tag: string) => smallFleet({ ...fleet, apps: { web: configMap('web', { release: tag }) } })

  // A push may come to the replica that does not lead.
  await world.repository.git('remote', 'set-url', 'origin', second.gitRemote)
  const commit = await world.push('Release 2', release('2'))
  await world.settled(commit)
  assert.equal(leads(second), false)
  assert.equal((await second.get('/v1/fleet/health')).commit.inForce, commit)
  // And each goes on taking pushes of its own.
  await world.repository.git('remote', 'set-url', 'origin', world.hub.gitRemote)
  await world.settled(await world.push('Release 3', release('3')))

  await world.hub.kill()
  await world.repository.git('remote', 'set-url', 'origin', second.gitRemote)
  const next = await world.push('Release 4', release('4'))
  await world.settled(next, second)
  assert.equal(leads(second), true)
})
