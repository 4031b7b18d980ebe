/** A signed assignment names a release, and what the broker holds of it is not that, or is not for us. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import {
  type AssignedApp,
  type ClusterName,
  createReleaseKeys,
  type Digest,
  type ErrorCode,
  encodeAssignment,
  encodeRelease,
  type KubernetesObject,
  subjects,
} from '@roadstead/proto'
import { until } from '../../../test/harness/index.ts'
import { assignmentOf } from '../testing/broker.ts'
import {
  type Bench,
  configMap,
  createBench,
  healthyAt,
  receipts,
  seeConfigMap,
  testCluster,
} from '../testing/run-agent.ts'

async function settled(t: Parameters<typeof createBench>[0]): Promise<Bench> {
  const bench = await createBench(t)
  bench.start()
  await bench.broker.assign({ generation: 1, apps: [{ app: 'web', objects: [configMap('kept')] }] })
  await healthyAt(bench.broker, 'web', 1)
  bench.sim.counters.reset()
  return bench
}

const otherDigest = `sha256:${'0'.repeat(64)}` as Digest
const changed = { objects: [configMap('kept', { key: 'new' })] as unknown as KubernetesObject[] }

/** Signs and stores generation 2, whose one app is in this release. */
async function assignRelease({ broker }: Bench, release: Digest, releaseKey: string): Promise<void> {
  const app: AssignedApp = {
    app: 'web' as AssignedApp['app'],
    since: 2,
    release,
    releaseBytes: 1,
    releaseKey,
    dependsOn: [],
    policy: { drift: {}, prune: {}, health: {} },
  }
  const assignment = assignmentOf(testCluster, { generation: 2, apps: [] }, [app])
  await broker.store(broker.signer.seal('assignment', encodeAssignment(assignment)))
}

const storeChunk = ({ broker }: Bench, release: Digest, bytes: Uint8Array) =>
  broker.request(subjects.releaseChunk(release, 0), bytes)

/** The hub hears why, nothing in the cluster changed, and the agent takes the next one. */
async function refusedAndStillListening({ broker, sim }: Bench, code: ErrorCode): Promise<void> {
  const refusal = await until(() => receipts(broker.reports).find(({ accepted }) => !accepted))
  assert.equal(refusal.generation, 2)
  assert.equal(refusal.problem?.code, code)
  assert.equal(seeConfigMap(sim, 'kept')?.data?.key, 'value')
  assert.equal(sim.counters.total('delete'), 0)
  await broker.assign({ generation: 3, apps: [{ app: 'web', objects: changed.objects }] })
  await healthyAt(broker, 'web', 3)
  assert.equal(seeConfigMap(sim, 'kept')?.data?.key, 'new')
}

test('a release that the broker does not hold is waited for', async (t) => {
  const bench = await settled(t)
  const wrapKey = bench.broker.releaseKeys.startWrapping()
  await assignRelease(bench, otherDigest, wrapKey(testCluster, otherDigest))
  await refusedAndStillListening(bench, 'release-missing')
})

test('a release that is not what its digest says is never applied', async (t) => {
  const bench = await settled(t)
  const { releaseKeys } = bench.broker
  const { compressed } = await encodeRelease(changed)
  await storeChunk(bench, otherDigest, releaseKeys.encryptRelease(otherDigest, compressed))
  await assignRelease(bench, otherDigest, releaseKeys.startWrapping()(testCluster, otherDigest))
  await refusedAndStillListening(bench, 'digest-mismatch')
})

test('a release whose key is for another cluster, or from another hub, is never applied', async (t) => {
  for (const wrapKeyOf of [
    ({ broker }: Bench) => broker.releaseKeys.startWrapping().bind(undefined, 'another' as ClusterName),
    () => createReleaseKeys(randomBytes(32)).startWrapping().bind(undefined, testCluster),
  ]) {
    const bench = await settled(t)
    const { digest, compressed } = await encodeRelease(changed)
    await storeChunk(bench, digest, bench.broker.releaseKeys.encryptRelease(digest, compressed))
    await assignRelease(bench, digest, wrapKeyOf(bench)(digest))
    await refusedAndStillListening(bench, 'undecryptable')
    await bench.stop()
  }
})

test('a release that somebody stored in the hub’s place is never applied', async (t) => {
  const stranger = createReleaseKeys(randomBytes(32))
  const { digest, compressed } = await encodeRelease({ objects: [configMap('planted')] as never })
  for (const planted of [
    compressed,
    stranger.encryptRelease(digest, compressed),
    new Uint8Array(0),
    randomBytes(40),
  ]) {
    const bench = await settled(t)
    await storeChunk(bench, digest, planted)
    await assignRelease(bench, digest, bench.broker.releaseKeys.startWrapping()(testCluster, digest))
    await refusedAndStillListening(bench, 'undecryptable')
    await bench.stop()
  }
})

test('a release that was damaged on the agent’s disk is fetched and opened again', async (t) => {
  const bench = await settled(t)
  await bench.stop()
  const [name] = await bench.store.list('releases')
  await bench.store.write(`releases/${name}`, 'damaged')
  bench.sim.objects.patch(
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'kept' },
    { data: { key: 'drifted' } },
  )
  bench.start()
  await until(() => seeConfigMap(bench.sim, 'kept')?.data?.key === 'value')
  assert.notEqual(Buffer.from((await bench.store.read(`releases/${name}`)) ?? '').toString(), 'damaged')
})
