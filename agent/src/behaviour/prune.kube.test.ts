import assert from 'node:assert/strict'
import { until } from '../../../test/harness/index.ts'
import { createMemoryStore } from '../disk.ts'
import { type ClusterBench, onEachCluster } from '../testing/cluster.ts'
import { configMap, healthyAt, lastApp } from '../testing/run-agent.ts'

/** A cluster with two apps: `web` of these ConfigMaps, or of other objects, and `other` of one. */
async function settled(bench: ClusterBench, given: number | object[], policy = {}) {
  const maps = (count: number) =>
    Array.from({ length: count }, (_, index) => bench.configMap(`part-${index}`))
  const objects = typeof given === 'number' ? maps(given) : given
  const other = { app: 'other', objects: [bench.configMap('of-other')] }
  bench.start()
  await bench.broker.assign({ generation: 1, apps: [{ app: 'web', objects, policy }, other] })
  await healthyAt(bench.broker, 'web', 1)
  await healthyAt(bench.broker, 'other', 1)
  return { ...bench, agent: bench.agent, other, maps }
}

onEachCluster('an object that a release no longer has is deleted', async (bench) => {
  const { broker, see, other, maps } = await settled(bench, 3)
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(2) }, other] })
  const report = await healthyAt(broker, 'web', 2)
  assert.equal(await see('part-2'), undefined)
  assert.ok(await see('part-1'))
  assert.equal(report.objects.total, 2)
})

onEachCluster('a deletion above the budget waits for its approval', async (bench) => {
  const { broker, see, other, maps } = await settled(bench, 20)
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(5) }, other] })
  const held = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.problems.some(({ code }) => code === 'deletion-budget') && last
  })
  assert.equal(held.objects.retained, 15)
  assert.match(held.problems[0]?.message ?? '', /15 objects would be deleted and the budget is 10/)
  assert.ok(await see('part-19'))

  const deletionApprovals = [{ app: 'web', maxObjects: 15 }] as never
  await broker.assign({
    generation: 3,
    since: 2,
    apps: [{ app: 'web', objects: maps(5) }, other],
    deletionApprovals,
  })
  await until(async () => (await see('part-19')) === undefined)
  const done = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.objects.retained === 0 && last
  })
  assert.equal(done.problemCount, 0)
  assert.ok(await see('part-4'))
})

onEachCluster('an app that left the assignment is removed, and says so last', async (bench) => {
  const { broker, see, other } = await settled(bench, 3)
  await broker.assign({ generation: 2, apps: [other] })
  await until(() => lastApp(broker.reports, 'web')?.phase === 'removed')
  assert.equal(await see('part-0'), undefined)
  assert.ok(await see('of-other'))
  const records = await bench.cluster.objects.list('v1', 'ConfigMap', bench.unique('roadstead-system'))
  assert.ok(!records.some(({ metadata }) => metadata.name === 'roadstead-inventory-web'))
})

onEachCluster('an app above its budget is not removed', async (bench) => {
  const { broker, see, other } = await settled(bench, 12)
  await broker.assign({ generation: 2, apps: [other] })
  const held = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.problemCount === 1 && last
  })
  assert.equal(held.phase, 'removing')
  assert.equal(held.objects.retained, 12)
  assert.ok(await see('part-0'))
})

onEachCluster('an object that moves to another app is handed over without a deletion', async (bench) => {
  const { broker, see, maps, calls, configMap } = await settled(bench, 3)
  const uid = (await see('part-2'))?.metadata.uid
  calls.reset()
  const apps = [
    { app: 'web', objects: maps(2) },
    { app: 'other', objects: [configMap('of-other'), configMap('part-2')] },
  ]
  await broker.assign({ generation: 2, apps })
  await healthyAt(broker, 'web', 2)
  await healthyAt(broker, 'other', 2)
  assert.equal((await see('part-2'))?.metadata.uid, uid)
  assert.equal((await see('part-2'))?.metadata.labels?.['roadstead.dev/app'], 'other')
  assert.equal(calls.total('delete'), 0)
})

onEachCluster('what carries our mark against it is never deleted', async (bench) => {
  const marked = bench.configMap('precious')
  const objects = [
    bench.configMap('part-0'),
    { ...marked, metadata: { ...marked.metadata, annotations: { 'roadstead.dev/prune': 'disabled' } } },
  ]
  const { broker, see, other, maps } = await settled(bench, objects)
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(1) }, other] })
  const report = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.applied?.generation === 2 && last
  })
  assert.equal(report.objects.retained, 1)
  assert.ok(await see('precious'))
})

onEachCluster('a namespace is left where it is unless the app says otherwise', async (bench) => {
  const shop = { apiVersion: 'v1', kind: 'Namespace', name: bench.unique('shop') }
  const { objects } = bench.cluster
  bench.cleanUp(() => objects.delete(shop))
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: shop.name } }
  const inside = configMap('inside', {}, shop.name)
  const { broker, other, maps } = await settled(bench, [namespace, inside])
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(1) }, other] })
  const insideRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: shop.name, name: 'inside' }
  await until(async () => (await objects.get(insideRef)) === undefined)
  assert.equal((await objects.get(shop))?.metadata.deletionTimestamp, undefined)
  const policy = { prune: { namespaces: true } }
  await broker.assign({ generation: 3, apps: [{ app: 'web', objects: maps(1), policy }, other] })
  await until(async () => (await objects.get(shop)) === undefined, { deadlineMs: 30_000 })
})

onEachCluster('an agent that lost its disk still knows what to delete', async (bench) => {
  const { broker, see, other, maps, start, stop } = await settled(bench, 3)
  await stop()
  start({ store: createMemoryStore() })
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(2) }, other] })
  await until(async () => (await see('part-2')) === undefined)
})

onEachCluster('an object of the same name that somebody else made is not deleted', async (bench) => {
  const policy = { drift: { policy: 'report' as const } }
  const { broker, see, other, maps, configMap, refOf, cluster } = await settled(bench, 3, policy)
  await cluster.objects.delete(refOf('ConfigMap', 'part-2'))
  await cluster.objects.create(configMap('part-2', { mine: 'yes' }), 'somebody')
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(2), policy }, other] })
  await healthyAt(broker, 'web', 2)
  assert.deepEqual((await see('part-2'))?.data, { mine: 'yes' })
})

onEachCluster('while what replaces an object can not be applied, the object stays', async (bench) => {
  const { broker, see, other, maps, configMap } = await settled(bench, 2)
  const broken = { ...configMap('replacement'), spec: { unknown: true } }
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: [...maps(1), broken] }, other] })
  await until(() => lastApp(broker.reports, 'web')?.phase === 'failed')
  assert.ok(await see('part-1'))
  await broker.assign({
    generation: 3,
    apps: [{ app: 'web', objects: [...maps(1), configMap('replacement')] }, other],
  })
  await until(async () => (await see('part-1')) === undefined)
})

onEachCluster('what is only kept by the budget is no drift, whatever becomes of it', async (bench) => {
  const { broker, see, other, maps, agent, cluster, refOf } = await settled(bench, 20)
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(5) }, other] })
  await until(() => lastApp(broker.reports, 'web')?.objects.retained === 15)
  await cluster.objects.patch(refOf('ConfigMap', 'part-19'), { data: { key: 'changed' } }, 'somebody')
  // A change that does count, after it, shows that it has been seen.
  await cluster.objects.patch(refOf('ConfigMap', 'part-0'), { data: { key: 'changed' } }, 'somebody')
  await until(() => agent.counts.get('drift.corrected'))
  assert.equal(agent.counts.get('drift.open'), 1)
  assert.equal((await see('part-19'))?.data?.key, 'changed')
})
