import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMap, launch, see, smallFleet, startWorld } from './world/index.ts'

test('what the API server refuses is accepted and not applied, with the object and the refusal named', async () => {
  await using world = await startWorld()
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: configMap('web', { release: '1' }) } }
  const { members } = await launch(world, fleet)
  const { cluster } = members['dev-1']
  cluster.faults.inject(
    { verb: 'apply', name: 'web' },
    { kind: 'status', code: 403, message: 'quota of the moon' },
  )

  const next = smallFleet({ ...fleet, apps: { web: configMap('web', { release: '2' }) } })
  const commit = await world.push('Release 2', next)
  const web = await until(async () => {
    const seen = await see(world).placement('dev-1', 'web')
    return seen.status === 'failed' && seen
  })
  assert.equal(web.current, false)
  assert.equal(web.milestones.accepted.generation, 2)
  assert.equal(web.milestones.accepted.current, true)
  assert.equal(web.milestones.applied.generation, 1)
  assert.equal(web.milestones.applied.current, false)
  assert.equal(web.milestones.healthy.current, false)
  const [problem] = web.problems
  assert.deepEqual(problem.object, { group: '', kind: 'ConfigMap', namespace: 'default', name: 'web' })
  assert.match(problem.message, /quota of the moon/)
  assert.equal((await see(world).cluster('dev-1')).status, 'failed')

  cluster.faults.clear()
  await world.settled(commit)
})
