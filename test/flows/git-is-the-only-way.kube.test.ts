import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configMap, launch, smallFleet, startWorld } from './world/index.ts'

test('every assignment names a commit that has an author and a reason', async () => {
  await using world = await startWorld()
  const fleet = { clusters: { 'dev-1': 'dev', 'dev-2': 'dev' }, apps: { web: configMap('web', {}) } }
  const first = await launch(world, fleet)
  const labelled = `apiVersion: roadstead.dev/v1
kind: Cluster
metadata: { name: dev-2, labels: { tier: edge } }
spec: { environment: dev }
`
  const second = await world.push('Say what dev-2 is\n\nIt stands at the edge.', {
    ...smallFleet(fleet),
    'clusters/dev-2.yaml': labelled,
  })
  await world.settled(second)

  const { rows } = await world.sql(`
    select a.cluster, a.commit, c.author_name, c.author_email, c.message
    from assignments a left join commits c on c.id = a.commit order by a.cluster`)
  const ada = { author_name: 'Ada Fleet', author_email: 'ada@example.com' }
  assert.deepEqual(rows, [
    { cluster: 'dev-1', commit: first.commit, ...ada, message: 'Start the fleet' },
    { cluster: 'dev-2', commit: second, ...ada, message: 'Say what dev-2 is\n\nIt stands at the edge.' },
  ])
})
