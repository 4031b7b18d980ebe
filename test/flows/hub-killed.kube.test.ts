import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMaps, launch, see, smallFleet, startWorld } from './world/index.ts'

/** What the hub has just said when it is killed; the first: nothing yet, only the push was answered. */
const moments = ['', '"a commit is in force"']

test('a hub killed after a push finishes, once, what it accepted when it starts again', async () => {
  await using world = await startWorld({ hubAsProgram: true })
  const clusters = { 'dev-1': 'dev', 'dev-2': 'dev', 'dev-3': 'dev' }
  await launch(world, { clusters, apps: { web: configMaps('web', 1) } })

  for (const [index, moment] of moments.entries()) {
    const said = () => world.hub.lines.filter((line) => line.includes(moment)).length
    const before = said()
    const apps = { web: configMaps('web', 2 + index) }
    const commit = await world.push(`Go on, and be killed at ${moment}`, smallFleet({ clusters, apps }))
    if (moment !== '') await until(() => said() > before)
    await world.hub.kill()
    await world.hub.start()
    await world.settled(commit)
  }

  const accepted = await see(world).events('assignment.accepted')
  const generations = accepted.map(({ cluster, data }) => `${cluster} ${data.generation}`).sort()
  const expected = Object.keys(clusters).flatMap((name) => [1, 2, 3].map((each) => `${name} ${each}`))
  assert.deepEqual(generations, expected)
  assert.equal((await see(world).events('commit.accepted')).length, 3)
})
