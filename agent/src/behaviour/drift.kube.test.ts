import assert from 'node:assert/strict'
import { type KubeRef, until } from '../../../test/harness/index.ts'
import { type ClusterBench, onEachCluster } from '../testing/cluster.ts'
import { driftsIn, healthyAt, lastApp } from '../testing/run-agent.ts'

/** A healthy app of a ConfigMap, a Deployment and a Secret. `edit` changes one of them as somebody else would. */
async function settled(bench: ClusterBench, policy = {}) {
  const { broker, cluster, configMap, deployment, refOf, namespace } = bench
  bench.start()
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'key', namespace },
    data: { password: 'aHVudGVyMg==' },
  }
  const objects = [configMap('settings'), deployment('web'), secret]
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects, policy }] })
  await healthyAt(broker, 'web', 1)
  bench.calls.reset()
  const settings = refOf('ConfigMap', 'settings')
  const web = refOf('Deployment', 'web')
  const edit = (ref: KubeRef, change: object, manager: string) => cluster.objects.patch(ref, change, manager)
  return { ...bench, agent: bench.agent, objects: cluster.objects, settings, web, edit }
}

onEachCluster(
  'an edited field is put back, and the report names it, its values and who changed it',
  async (bench) => {
    const { broker, objects, web, edit } = await settled(bench)
    await edit(web, { spec: { replicas: 5 } }, 'kubectl-scale')
    const drift = await until(() => driftsIn(broker.reports).find(({ state }) => state === 'corrected'))
    assert.deepEqual(drift.fields, [{ path: '/spec/replicas', desired: '2', live: '5' }])
    assert.equal(drift.manager, 'kubectl-scale')
    assert.equal(drift.change, 'modified')
    assert.equal((await objects.get(web))?.spec.replicas, 2)
  },
)

onEachCluster('a scaled workload is scaled back', async (bench) => {
  const { objects, web, broker, refOf } = await settled(bench)
  await bench.cluster.objects.patch(web, { spec: { replicas: 4 } }, 'kubectl', 'scale')
  const drift = await until(() => driftsIn(broker.reports).find(({ state }) => state === 'corrected'))
  assert.equal(drift.fields[0]?.path, '/spec/replicas')
  assert.equal((await objects.get(refOf('Deployment', 'web')))?.spec.replicas, 2)
})

onEachCluster('another manager’s apply with force takes a field, and we take it back', async (bench) => {
  const { objects, settings, broker, configMap, see } = await settled(bench)
  await objects.apply(configMap('settings', { key: 'theirs' }), 'argocd')
  const drift = await until(() => driftsIn(broker.reports).find(({ state }) => state === 'corrected'))
  assert.equal(drift.manager, 'argocd')
  assert.equal((await see('settings'))?.data?.key, 'value')
  const owners = (await objects.get(settings))?.metadata.managedFields?.filter(
    (entry) => entry.manager !== 'roadstead' && 'f:data' in (entry.fieldsV1 ?? {}),
  )
  assert.deepEqual(owners, [])
})

onEachCluster('status that a controller writes is no drift', async (bench) => {
  const { objects, settings, web, edit, calls, agent } = await settled(bench)
  await objects.patch(
    web,
    { status: { observedGeneration: 1, unavailableReplicas: 1 } },
    'controller',
    'status',
  )
  await edit(settings, { data: { key: 'ours' } }, 'kubectl-edit')
  await until(() => agent.counts.get('drift.corrected'))
  assert.equal(calls.total('apply', 'deployments.apps'), 0)
})

onEachCluster('a namespace deleted with all that is in it comes back with it', async (bench) => {
  const { broker, cluster, unique, start } = bench
  const shop = { apiVersion: 'v1', kind: 'Namespace', name: unique('shop') }
  bench.cleanUp(() => cluster.objects.delete(shop))
  const inside = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'inside', namespace: shop.name } }
  const objects = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: shop.name } }, inside]
  start()
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
  await healthyAt(broker, 'web', 1)
  const uid = (await cluster.objects.get(shop))?.metadata.uid
  await cluster.objects.delete(shop)
  const isBack = async () => {
    const namespace = await cluster.objects.get(shop)
    const object = await cluster.objects.get({
      ...shop,
      kind: 'ConfigMap',
      namespace: shop.name,
      name: 'inside',
    })
    return namespace && namespace.metadata.uid !== uid && object
  }
  await until(isBack, { deadlineMs: 60_000, message: 'the namespace and its ConfigMap are back' })
})

onEachCluster('a deleted object is created again', async (bench) => {
  const { broker, see, objects, settings } = await settled(bench)
  await objects.delete(settings)
  await until(async () => await see('settings'))
  const drift = await until(() => driftsIn(broker.reports).find(({ state }) => state === 'corrected'))
  assert.equal(drift.change, 'deleted')
})

onEachCluster(
  'a removed label of ours is put back, although the object left the watch by losing it',
  async (bench) => {
    const { see, settings, edit } = await settled(bench)
    await edit(settings, { metadata: { labels: { 'roadstead.dev/app': null } } }, 'kubectl-label')
    await until(async () => (await see('settings'))?.metadata.labels?.['roadstead.dev/app'] === 'web')
  },
)

onEachCluster('a field that we never wrote is nobody’s drift and costs no call', async (bench) => {
  const { broker, see, settings, edit, calls, agent } = await settled(bench)
  await edit(settings, { data: { other: 'theirs' } }, 'kubectl-edit')
  await edit(settings, { metadata: { annotations: { note: 'x' } } }, 'kubectl-annotate')
  // A change that does count, after them, shows that they have been seen.
  await edit(settings, { data: { key: 'ours' } }, 'kubectl-edit')
  await until(() => agent.counts.get('drift.corrected'))
  assert.equal(agent.counts.get('drift.corrected'), 1)
  assert.equal(calls.total('apply'), 1)
  assert.equal((await see('settings'))?.data?.other, 'theirs')
  assert.equal(
    driftsIn(broker.reports).every(({ fieldCount }) => fieldCount === 1),
    true,
  )
})

onEachCluster('quantities and defaults that the server rewrote are no drift', async (bench) => {
  const { settings, web, edit, calls, agent } = await settled(bench)
  await edit(web, { metadata: { annotations: { touched: 'yes' } } }, 'kubectl-annotate')
  await edit(settings, { data: { key: 'ours' } }, 'kubectl-edit')
  await until(() => agent.counts.get('drift.corrected'))
  assert.equal(calls.total('apply', 'deployments.apps'), 0)
})

onEachCluster(
  'with the policy `report` nothing is written, and the report ends when the drift does',
  async (bench) => {
    const { broker, see, settings, edit, calls } = await settled(bench, { drift: { policy: 'report' } })
    await edit(settings, { data: { key: 'other' } }, 'kubectl-edit')
    await until(() => lastApp(broker.reports, 'web')?.objects.drifted === 1)
    assert.equal((await see('settings'))?.data?.key, 'other')
    await edit(settings, { data: { key: 'value' } }, 'kubectl-edit')
    await until(() => driftsIn(broker.reports).some(({ state }) => state === 'resolved'))
    await until(() => lastApp(broker.reports, 'web')?.objects.drifted === 0)
    assert.equal(calls.total('apply'), 0)
  },
)

onEachCluster('what an ignore rule covers is left alone, also by the next release', async (bench) => {
  const ignore = [{ target: { kind: 'Deployment' }, managers: ['autoscaler'] }]
  const { broker, objects, web, edit } = await settled(bench, { drift: { ignore } })
  await edit(web, { spec: { replicas: 7 } }, 'autoscaler')
  const release = [bench.configMap('settings'), bench.deployment('web', 'nginx:1.28')]
  await broker.assign({
    generation: 2,
    apps: [{ app: 'web', objects: release, policy: { drift: { ignore } } }],
  })
  await healthyAt(broker, 'web', 2)
  const live = await objects.get(web)
  assert.equal(live?.spec.template.spec.containers[0]?.image, 'nginx:1.28')
  assert.equal(live?.spec.replicas, 7)
  assert.equal(driftsIn(broker.reports).length, 0)
})

onEachCluster('values of a Secret are reported as digests only', async (bench) => {
  const { broker, edit } = await settled(bench)
  const ref = bench.refOf('Secret', 'key')
  await edit(ref, { data: { password: 'bGVha2Vk' } }, 'kubectl-edit')
  const drift = await until(() => driftsIn(broker.reports).find(({ object }) => object.kind === 'Secret'))
  assert.match(drift.fields[0]?.live ?? '', /^"sha256:[0-9a-f]{64}"$/)
  assert.match(drift.fields[0]?.desired ?? '', /^"sha256:[0-9a-f]{64}"$/)
  assert.doesNotMatch(JSON.stringify(broker.reports), /bGVha2Vk|aHVudGVyMg/)
})

onEachCluster('drift is found after the watch was lost and its history forgotten', async (bench) => {
  const { see, settings, edit } = await settled(bench)
  await edit(settings, { data: { key: 'first' } }, 'kubectl-edit')
  await until(async () => (await see('settings'))?.data?.key === 'value')
  await bench.cluster.forgetHistory()
  await edit(settings, { data: { key: 'second' } }, 'kubectl-edit')
  await until(async () => (await see('settings'))?.data?.key === 'value')
})

onEachCluster('an object that is rewritten against us again and again is called a fight', async (bench) => {
  const { broker, settings, edit, agent } = await settled(bench)
  for (let round = 1; round <= 3; round += 1) {
    await edit(settings, { data: { key: `attack ${round}` } }, 'rival')
    await until(() => agent.counts.get('drift.corrected') === round)
  }
  await edit(settings, { data: { key: 'attack 4' } }, 'rival')
  const fight = await until(() => driftsIn(broker.reports).find((drift) => drift.fight))
  assert.equal(fight.manager, 'rival')
})
