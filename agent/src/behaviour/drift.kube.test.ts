import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../../test/harness/index.ts'
import {
  configMap,
  configMapRef,
  createBench,
  deployment,
  driftsIn,
  healthyAt,
  lastApp,
  seeConfigMap,
} from '../testing/run-agent.ts'

const webRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'web' } as const
type Web = { spec: { replicas: number; template: { spec: { containers: { image: string }[] } } } }

async function settled(t: Parameters<typeof createBench>[0], policy = {}) {
  const bench = await createBench(t)
  bench.start()
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'key', namespace: 'default' },
    data: { password: 'aHVudGVyMg==' },
  }
  const objects = [configMap('settings'), deployment('web'), secret]
  await bench.broker.assign({ generation: 1, apps: [{ app: 'web', objects, policy }] })
  await healthyAt(bench.broker, 'web', 1)
  bench.sim.counters.reset()
  return bench
}

test('an edited field is put back, and the report names it, its values and who changed it', async (t) => {
  const { broker, sim } = await settled(t)
  sim.objects.patch(webRef, { spec: { replicas: 5 } }, 'kubectl-scale')
  const drift = await until(() => driftsIn(broker.reports).find(({ state }) => state === 'corrected'))
  assert.deepEqual(drift.fields, [{ path: '/spec/replicas', desired: '2', live: '5' }])
  assert.equal(drift.manager, 'kubectl-scale')
  assert.equal(drift.change, 'modified')
  assert.equal((sim.objects.get(webRef) as unknown as Web).spec.replicas, 2)
})

test('a deleted object is created again', async (t) => {
  const { broker, sim } = await settled(t)
  sim.objects.delete(configMapRef('settings'))
  await until(() => seeConfigMap(sim, 'settings'))
  const drift = await until(() => driftsIn(broker.reports).find(({ state }) => state === 'corrected'))
  assert.equal(drift.change, 'deleted')
})

test('a removed label of ours is put back, although the object left the watch by losing it', async (t) => {
  const { sim } = await settled(t)
  sim.objects.patch(
    configMapRef('settings'),
    { metadata: { labels: { 'roadstead.dev/app': null } } },
    'kubectl-label',
  )
  await until(() => seeConfigMap(sim, 'settings')?.metadata.labels?.['roadstead.dev/app'] === 'web')
})

test('a field that we never wrote is nobody’s drift and costs no call', async (t) => {
  const { broker, sim, agent } = await settled(t)
  sim.objects.patch(configMapRef('settings'), { data: { other: 'theirs' } }, 'kubectl-edit')
  sim.objects.patch(
    configMapRef('settings'),
    { metadata: { annotations: { note: 'x' } } },
    'kubectl-annotate',
  )
  // A change that does count, after them, shows that they have been seen.
  sim.objects.patch(configMapRef('settings'), { data: { key: 'ours' } }, 'kubectl-edit')
  await until(() => agent.counts.get('drift.corrected'))
  assert.equal(agent.counts.get('drift.corrected'), 1)
  assert.equal(sim.counters.total('apply'), 1)
  assert.equal(seeConfigMap(sim, 'settings')?.data?.other, 'theirs')
  assert.equal(
    driftsIn(broker.reports).every(({ fieldCount }) => fieldCount === 1),
    true,
  )
})

test('quantities and defaults that the server rewrote are no drift', async (t) => {
  const { sim, agent } = await settled(t)
  sim.objects.patch(webRef, { metadata: { annotations: { touched: 'yes' } } }, 'kubectl-annotate')
  sim.objects.patch(configMapRef('settings'), { data: { key: 'ours' } }, 'kubectl-edit')
  await until(() => agent.counts.get('drift.corrected'))
  assert.equal(sim.counters.total('apply', 'deployments.apps'), 0)
})

test('with the policy `report` nothing is written, and the report ends when the drift does', async (t) => {
  const { broker, sim } = await settled(t, { drift: { policy: 'report' } })
  sim.objects.patch(configMapRef('settings'), { data: { key: 'other' } }, 'kubectl-edit')
  await until(() => lastApp(broker.reports, 'web')?.objects.drifted === 1)
  assert.equal(seeConfigMap(sim, 'settings')?.data?.key, 'other')
  sim.objects.patch(configMapRef('settings'), { data: { key: 'value' } }, 'kubectl-edit')
  await until(() => driftsIn(broker.reports).some(({ state }) => state === 'resolved'))
  await until(() => lastApp(broker.reports, 'web')?.objects.drifted === 0)
  assert.equal(sim.counters.total('apply'), 0)
})

test('what an ignore rule covers is left alone, also by the next release', async (t) => {
  const ignore = [{ target: { kind: 'Deployment' }, managers: ['autoscaler'] }]
  const { broker, sim } = await settled(t, { drift: { ignore } })
  sim.objects.patch(webRef, { spec: { replicas: 7 } }, 'autoscaler')
  const objects = [configMap('settings'), deployment('web', 'nginx:1.28')]
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects, policy: { drift: { ignore } } }] })
  await healthyAt(broker, 'web', 2)
  const { spec } = sim.objects.get(webRef) as unknown as Web
  assert.equal(spec.template.spec.containers[0]?.image, 'nginx:1.28')
  assert.equal(spec.replicas, 7)
  assert.equal(driftsIn(broker.reports).length, 0)
})

test('values of a Secret are reported as digests only', async (t) => {
  const { broker, sim } = await settled(t)
  const ref = { apiVersion: 'v1', kind: 'Secret', namespace: 'default', name: 'key' } as const
  sim.objects.patch(ref, { data: { password: 'bGVha2Vk' } }, 'kubectl-edit')
  const drift = await until(() => driftsIn(broker.reports).find(({ object }) => object.kind === 'Secret'))
  assert.match(drift.fields[0]?.live ?? '', /^"sha256:[0-9a-f]{64}"$/)
  assert.match(drift.fields[0]?.desired ?? '', /^"sha256:[0-9a-f]{64}"$/)
  assert.doesNotMatch(JSON.stringify(broker.reports), /bGVha2Vk|aHVudGVyMg/)
})

test('drift is found after the watch was lost and its history forgotten', async (t) => {
  const { sim } = await settled(t)
  sim.objects.patch(configMapRef('settings'), { data: { key: 'first' } }, 'kubectl-edit')
  await until(() => seeConfigMap(sim, 'settings')?.data?.key === 'value')
  sim.dropWatches()
  sim.objects.patch(configMapRef('settings'), { data: { key: 'second' } }, 'kubectl-edit')
  sim.compact()
  await until(() => seeConfigMap(sim, 'settings')?.data?.key === 'value')
})

test('an object that is rewritten against us again and again is called a fight', async (t) => {
  const { broker, sim, agent } = await settled(t)
  for (let round = 1; round <= 3; round += 1) {
    sim.objects.patch(configMapRef('settings'), { data: { key: `attack ${round}` } }, 'rival')
    await until(() => agent.counts.get('drift.corrected') === round)
  }
  sim.objects.patch(configMapRef('settings'), { data: { key: 'attack 4' } }, 'rival')
  const fight = await until(() => driftsIn(broker.reports).find((drift) => drift.fight))
  assert.equal(fight.manager, 'rival')
})
