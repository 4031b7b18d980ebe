import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startTypeScript } from '../harness/index.ts'
import { createSimulatedCluster } from '../sim/index.ts'
import { configMap, enrolmentOf, smallFleet, socketUses, startWorld, tellSockets } from './world/index.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const portOf = (url: string) => Number(new URL(url).port)

test('the hub connects to database and broker alone, and the agent listens on nothing', async () => {
  await using world = await startWorld({ hubAsProgram: true })
  const fleet = smallFleet({ clusters: { 'dev-1': 'dev' }, apps: { web: configMap('web', {}) } })
  const commit = await world.push('Start the fleet', fleet)
  const cluster = await createSimulatedCluster({ name: 'dev-1' })
  try {
    await using agent = await startTypeScript(join(root, 'services/agent/src/main.ts'), {
      env: { ...(await enrolmentOf(cluster, world.hub, join(world.directory, 'dev-1'))), ...tellSockets },
    })
    await world.settled(commit)

    const database = portOf(world.databaseUrl)
    const broker = portOf(world.nats.url)
    const hub = socketUses(world.hub.lines)
    const reached = hub.filter(({ socket }) => socket === 'connect').map(({ port, path }) => port ?? path)
    assert.deepEqual(new Set(reached), new Set([database, broker]))

    const uses = socketUses(agent.lines)
    assert.deepEqual(
      uses.filter(({ socket }) => socket === 'listen'),
      [],
    )
    const dialled = new Set(uses.map(({ port }) => port))
    assert.deepEqual(dialled, new Set([portOf(world.hub.url), broker, portOf(cluster.url)]))
  } finally {
    await cluster.close()
  }
})

test('nothing that the hub is made of speaks to Kubernetes', () => {
  for (const part of ['proto', 'hub', 'hub/overlay', 'services/hub']) {
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, part, 'package.json'), 'utf8'))
    const names = Object.keys(dependencies)
    assert.deepEqual(
      names.filter((name) => /kube|agent/.test(name)),
      [],
      part,
    )
  }
})
