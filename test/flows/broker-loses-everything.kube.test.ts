import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { streams } from '@roadstead/proto'
import { until } from '../harness/index.ts'
import { configMaps, managedObjects, see, smallFleet, startWorld } from './world/index.ts'

test('a broker that lost its disk is given everything back, and a cluster that joins then is served', async () => {
  await using world = await startWorld()
  const fleet = { clusters: { 'dev-1': 'dev', 'dev-2': 'dev' }, apps: { web: configMaps('web', 2) } }
  const commit = await world.push('Start the fleet', smallFleet(fleet))
  const { cluster } = await world.join('dev-1')
  await until(async () => (await see(world).placement('dev-1', 'web'))?.status === 'healthy')
  const before = managedObjects(cluster)
  cluster.counters.reset()

  await world.wipeBroker()
  const stored = async (stream: string) => {
    const manager = await jetstreamManager(await world.connectBroker())
    return (await manager.streams.info(stream)).state.messages
  }
  await until(async () => (await stored(streams.assignments)) === 2 && (await stored(streams.releases)) === 1)
  const { cluster: second } = await world.join('dev-2')
  await world.settled(commit)
  assert.deepEqual(Object.keys(managedObjects(second)), Object.keys(before))
  assert.deepEqual(managedObjects(cluster), before)
  assert.equal(cluster.counters.total('delete') + cluster.counters.total('apply'), 0)
})
