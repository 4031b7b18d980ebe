import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { headers as newHeaders } from '@nats-io/transport-node'
import { encodeRelease, headers, streams, subjects } from '@roadstead/proto'
import { until } from '../harness/index.ts'
import { configMap, launch, managedObjects, see, smallFleet, startWorld } from './world/index.ts'

const stolen = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'web', namespace: 'default' },
  data: { release: 'of a thief' },
}

test('bytes that a broker passes off as a release are refused, and the cluster keeps what it has', async () => {
  await using world = await startWorld()
  const fleet = { clusters: { 'dev-1': 'dev' }, apps: { web: configMap('web', { release: '1' }) } }
  const { members } = await launch(world, fleet)
  const { cluster, agent } = members['dev-1']
  const before = managedObjects(cluster)
  await agent.stop()

  const next = smallFleet({ ...fleet, apps: { web: configMap('web', { release: '2' }) } })
  const commit = await world.push('Release 2', next)
  const { release } = await until(async () => {
    const web = await see(world).placement('dev-1', 'web')
    return web.milestones.offered.generation === 2 && web
  })
  const broker = await world.connectBroker()
  const subject = subjects.releaseChunk(release.wanted, 0)
  const manager = await jetstreamManager(broker)
  const genuine = await manager.streams.getMessage(streams.releases, { last_by_subj: subject })
  assert.ok(genuine)
  const store = (bytes: Uint8Array) => {
    const header = newHeaders()
    header.set(headers.chunks, '1')
    return jetstream(broker).publish(subject, bytes, { headers: header })
  }
  await store((await encodeRelease({ objects: [stolen] })).compressed)
  await agent.start()

  const { refusal, status } = await until(async () => {
    const seen = await see(world).cluster('dev-1')
    return seen.refusal && seen
  })
  assert.equal(refusal.generation, 2)
  assert.equal(refusal.problem.code, 'undecryptable')
  assert.ok(refusal.problem.message.includes(release.wanted))
  assert.equal(status, 'failed')
  const web = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'web' }
  assert.deepEqual(cluster.objects.get(web)?.data, { release: '1' })
  assert.deepEqual(managedObjects(cluster), before)

  await store(genuine.data)
  await world.settled(commit)
  assert.deepEqual(cluster.objects.get(web)?.data, { release: '2' })
})
