import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMaps, launch, see, smallFleet, startWorld } from './world/index.ts'

test('reports that reach a hub as it is killed are taken by the next one, once', async () => {
  await using world = await startWorld({ hubAsProgram: true })
  const clusters = { 'dev-1': 'dev', 'dev-2': 'dev', 'dev-3': 'dev' }
  await launch(world, { clusters, apps: { web: configMaps('web', 1) } })

  const published = () => world.hub.lines.filter((line) => line.includes('"published"')).length
  const before = published()
  const commit = await world.push('Go on', smallFleet({ clusters, apps: { web: configMaps('web', 2) } }))
  // Now the agents are at it, and their reports are on their way.
  await until(() => published() > before)
  await world.hub.kill()
  await world.hub.start()
  await world.settled(commit)

  for (const type of ['assignment.accepted', 'app.applied', 'app.healthy']) {
    const told = (await see(world).events(type)).map(({ cluster, data }) => `${cluster} ${data.generation}`)
    assert.deepEqual(
      told.sort(),
      Object.keys(clusters).flatMap((name) => [`${name} 1`, `${name} 2`]),
      type,
    )
  }
})
