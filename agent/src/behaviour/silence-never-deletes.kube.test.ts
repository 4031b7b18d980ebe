import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { type ClusterName, createSigner, encodeAssignment } from '@roadstead/proto'
import { until } from '../../../test/harness/index.ts'
import { assignmentOf } from '../testing/broker.ts'
import {
  type Bench,
  configMap,
  createBench,
  healthyAt,
  receipts,
  seeConfigMap,
} from '../testing/run-agent.ts'

/** A cluster with one app of one object; then something that is not a valid assignment arrives. */
async function settled(t: Parameters<typeof createBench>[0]): Promise<Bench> {
  const bench = await createBench(t)
  bench.start()
  await bench.broker.assign({ generation: 1, apps: [{ app: 'web', objects: [configMap('kept')] }] })
  await healthyAt(bench.broker, 'web', 1)
  bench.sim.counters.reset()
  return bench
}

/** Nothing was deleted, and a later valid assignment is taken: the agent was not left deaf. */
async function nothingDeletedAndStillListening({ broker, sim }: Bench): Promise<void> {
  assert.ok(seeConfigMap(sim, 'kept'))
  assert.equal(sim.counters.total('delete'), 0)
  await broker.assign({ generation: 9, apps: [{ app: 'web', objects: [configMap('kept', { key: 'new' })] }] })
  await healthyAt(broker, 'web', 9)
  assert.equal(sim.counters.total('delete'), 0)
}

const emptyFor = (bench: Bench, change: { generation: number; allowEmpty?: boolean; cluster?: string }) =>
  encodeAssignment(
    assignmentOf(
      (change.cluster ?? bench.broker.identity.cluster) as ClusterName,
      { ...change, apps: [] },
      [],
    ),
  )

const refused = (bench: Bench, code: string) =>
  until(() => bench.agent.counts.get(`assignment.refused/${code}`), { message: `a refusal by ${code}` })

test('an empty assignment deletes nothing unless it says that it means to be empty', async (t) => {
  const bench = await settled(t)
  await bench.broker.assign({ generation: 2, apps: [] })
  await refused(bench, 'empty-assignment')
  const receipt = await until(() => receipts(bench.broker.reports).find(({ accepted }) => !accepted))
  assert.equal(receipt.generation, 2)
  assert.equal(receipt.problem?.code, 'empty-assignment')
  await nothingDeletedAndStillListening(bench)
})

test('an assignment that means to be empty removes the apps', async (t) => {
  const bench = await settled(t)
  await bench.broker.assign({ generation: 2, apps: [], allowEmpty: true })
  await until(() => seeConfigMap(bench.sim, 'kept') === undefined)
})

test('an assignment without a seal is refused', async (t) => {
  const bench = await settled(t)
  await bench.broker.store(emptyFor(bench, { generation: 2, allowEmpty: true }))
  await refused(bench, 'undecodable')
  await nothingDeletedAndStillListening(bench)
})

test('an assignment sealed by an unknown key is refused, and the hub hears of it', async (t) => {
  const bench = await settled(t)
  const stranger = createSigner(
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  )
  await bench.broker.store(stranger.seal('assignment', emptyFor(bench, { generation: 2, allowEmpty: true })))
  await refused(bench, 'unknown-key')
  const receipt = await until(() => receipts(bench.broker.reports).find(({ accepted }) => !accepted))
  assert.equal(receipt.problem?.code, 'unknown-key')
  await nothingDeletedAndStillListening(bench)
})

test('a forged assignment is refused', async (t) => {
  const bench = await settled(t)
  const sealed = bench.broker.signer.seal('assignment', emptyFor(bench, { generation: 2, allowEmpty: true }))
  const forged = Buffer.from(sealed)
  forged.set([forged[forged.length - 1]! ^ 1], forged.length - 1)
  await bench.broker.store(forged)
  await refused(bench, 'bad-signature')
  await nothingDeletedAndStillListening(bench)
})

test('a truncated assignment is refused', async (t) => {
  const bench = await settled(t)
  const sealed = bench.broker.signer.seal('assignment', emptyFor(bench, { generation: 2, allowEmpty: true }))
  await bench.broker.store(sealed.subarray(0, sealed.length - 20))
  await refused(bench, 'bad-signature')
  await bench.broker.store(sealed.subarray(0, 20))
  await refused(bench, 'undecodable')
  await nothingDeletedAndStillListening(bench)
})

test('a sealed message that is no assignment is refused', async (t) => {
  const bench = await settled(t)
  await bench.broker.store(bench.broker.signer.seal('assignment', Buffer.from('{"generation":2}')))
  await refused(bench, 'undecodable')
  await nothingDeletedAndStillListening(bench)
})

test('the assignment of another cluster is refused, although its seal is genuine', async (t) => {
  const bench = await settled(t)
  const other = emptyFor(bench, { generation: 2, allowEmpty: true, cluster: 'another' })
  await bench.broker.store(bench.broker.signer.seal('assignment', other))
  await refused(bench, 'wrong-cluster')
  await nothingDeletedAndStillListening(bench)
})

test('a replayed older assignment is refused', async (t) => {
  const bench = await settled(t)
  await bench.broker.assign({ generation: 5, apps: [{ app: 'web', objects: [configMap('kept')] }] })
  await healthyAt(bench.broker, 'web', 5)
  const older = emptyFor(bench, { generation: 4, allowEmpty: true })
  await bench.broker.store(bench.broker.signer.seal('assignment', older))
  await refused(bench, 'stale-generation')
  await nothingDeletedAndStillListening(bench)
})

test('a lost broker deletes nothing', async (t) => {
  const bench = await settled(t)
  await bench.broker.nats.kill()
  bench.sim.objects.patch(
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'kept' },
    { data: { key: 'x' } },
  )
  // A correction shows that the agent went on with its work after the broker was gone.
  await until(() => seeConfigMap(bench.sim, 'kept')?.data?.key === 'value')
  assert.equal(bench.sim.counters.total('delete'), 0)
})
