import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configMap, deployment, smallFleet, startWorld } from './world/index.ts'

test('one commit becomes healthy objects in every cluster', async () => {
  await using world = await startWorld()
  const clusters = { 'dev-1': 'dev', 'dev-2': 'dev' }
  const apps = { web: deployment('web', 'example/web:1'), settings: configMap('settings', { mode: 'calm' }) }
  await world.push('Start the fleet', smallFleet({ clusters, apps }))
  const members = await Promise.all(Object.keys(clusters).map((name) => world.join(name)))

  const commit = await world.push(
    'Go to 2',
    smallFleet({ clusters, apps: { ...apps, web: deployment('web', 'example/web:2') } }),
  )
  await world.settled(commit)

  for (const { cluster } of members) {
    const web = cluster.objects.get({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      namespace: 'default',
      name: 'web',
    })
    assert.match(JSON.stringify(web?.spec), /example\/web:2/)
  }
  const { items } = await world.hub.get('/v1/clusters')
  assert.deepEqual(
    items.map(({ name, status }: { name: string; status: string }) => [name, status]),
    [
      ['dev-1', 'healthy'],
      ['dev-2', 'healthy'],
    ],
  )
})
