import assert from 'node:assert/strict'
import { test } from 'node:test'
import { configMaps, launch, see, smallFleet, startWorld } from './world/index.ts'

test('a hub killed right after a push finishes what it accepted when it starts again', async () => {
  await using world = await startWorld({ hubAsProgram: true })
  const clusters = { 'dev-1': 'dev', 'dev-2': 'dev', 'dev-3': 'dev' }
  const fleet = { clusters, apps: { web: configMaps('web', 2) } }
  await launch(world, fleet)

  const commit = await world.push('Go on', smallFleet({ clusters, apps: { web: configMaps('web', 3) } }))
  await world.hub.kill()
  await world.hub.start()
  await world.settled(commit)

  const accepted = await see(world).events('assignment.accepted')
  const generations = accepted.map(({ cluster, data }) => `${cluster} ${data.generation}`).sort()
  assert.deepEqual(
    generations,
    Object.keys(clusters).flatMap((name) => [`${name} 1`, `${name} 2`]),
  )
  assert.equal((await see(world).events('commit.accepted')).length, 2)
})
