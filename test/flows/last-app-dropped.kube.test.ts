import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMap, configMaps, fleetChange, launch, managedObjects, see, startWorld } from './world/index.ts'

test('a commit that drops the last app removes nothing without allowEmpty, and the hub says so', async () => {
  await using world = await startWorld()
  const clusters = { 'dev-1': 'dev', 'dev-2': 'dev' }
  const fleet = { clusters, apps: { web: configMaps('web', 3), other: configMap('other', {}) } }
  const { members } = await launch(world, fleet)
  const before = managedObjects(members['dev-1'].cluster)

  const commit = await world.push('Drop everything', fleetChange(fleet, { clusters, apps: {} }))
  const { refusal, status, generation } = await until(async () => {
    const seen = await see(world).cluster('dev-1')
    return seen.refusal && seen.commit === commit && seen
  })
  assert.equal(status, 'failed')
  assert.equal(refusal.generation, generation.assigned)
  assert.equal(refusal.problem.code, 'empty-assignment')
  assert.match(refusal.problem.message, /allowEmpty/)
  assert.deepEqual(managedObjects(members['dev-1'].cluster), before)
  assert.equal(members['dev-1'].cluster.counters.total('delete'), 0)

  const meant = `apiVersion: roadstead.dev/v1
kind: Cluster
metadata: { name: dev-1 }
spec: { environment: dev, allowEmpty: true }
`
  await world.push('Mean it, on dev-1', { 'clusters/dev-1.yaml': meant })
  await until(() => Object.keys(managedObjects(members['dev-1'].cluster)).length === 0)
  assert.deepEqual(Object.keys(managedObjects(members['dev-2'].cluster)), Object.keys(before))
})
