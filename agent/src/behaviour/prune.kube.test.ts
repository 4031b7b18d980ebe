import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../../test/harness/index.ts'
import { createMemoryStore } from '../disk.ts'
import {
  configMap,
  configMapRef,
  createBench,
  healthyAt,
  lastApp,
  seeConfigMap,
} from '../testing/run-agent.ts'

const maps = (count: number, prefix = 'part') =>
  Array.from({ length: count }, (_, index) => configMap(`${prefix}-${index}`))

async function settled(t: Parameters<typeof createBench>[0], objects: object[], policy = {}) {
  const bench = await createBench(t)
  bench.start()
  await bench.broker.assign({
    generation: 1,
    apps: [
      { app: 'web', objects, policy },
      { app: 'other', objects: [configMap('of-other')] },
    ],
  })
  await healthyAt(bench.broker, 'web', 1)
  await healthyAt(bench.broker, 'other', 1)
  return bench
}
const other = { app: 'other', objects: [configMap('of-other')] }

test('an object that a release no longer has is deleted', async (t) => {
  const { broker, sim } = await settled(t, maps(3))
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(2) }, other] })
  const report = await healthyAt(broker, 'web', 2)
  assert.equal(seeConfigMap(sim, 'part-2'), undefined)
  assert.ok(seeConfigMap(sim, 'part-1'))
  assert.equal(report.objects.total, 2)
})

test('a deletion above the budget waits for its approval', async (t) => {
  const { broker, sim } = await settled(t, maps(20))
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(5) }, other] })
  const held = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.problems.some(({ code }) => code === 'deletion-budget') && last
  })
  assert.equal(held.objects.retained, 15)
  assert.match(held.problems[0]?.message ?? '', /15 objects would be deleted and the budget is 10/)
  assert.ok(seeConfigMap(sim, 'part-19'))

  const deletionApprovals = [{ app: 'web', maxObjects: 15 }] as never
  await broker.assign({
    generation: 3,
    since: 2,
    apps: [{ app: 'web', objects: maps(5) }, other],
    deletionApprovals,
  })
  await until(() => seeConfigMap(sim, 'part-19') === undefined)
  const done = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.objects.retained === 0 && last
  })
  assert.equal(done.problemCount, 0)
  assert.ok(seeConfigMap(sim, 'part-4'))
})

test('an app that left the assignment is removed, and says so last', async (t) => {
  const { broker, sim } = await settled(t, maps(3))
  await broker.assign({ generation: 2, apps: [other] })
  await until(() => lastApp(broker.reports, 'web')?.phase === 'removed')
  assert.equal(seeConfigMap(sim, 'part-0'), undefined)
  assert.ok(seeConfigMap(sim, 'of-other'))
  assert.equal(seeConfigMap(sim, 'roadstead-inventory-web', 'roadstead-system'), undefined)
})

test('an app above its budget is not removed', async (t) => {
  const { broker, sim } = await settled(t, maps(12))
  await broker.assign({ generation: 2, apps: [other] })
  const held = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.problemCount === 1 && last
  })
  assert.equal(held.phase, 'removing')
  assert.equal(held.objects.retained, 12)
  assert.ok(seeConfigMap(sim, 'part-0'))
})

test('an object that moves to another app is handed over without a deletion', async (t) => {
  const { broker, sim } = await settled(t, maps(3))
  const uid = seeConfigMap(sim, 'part-2')?.metadata.uid
  sim.counters.reset()
  const apps = [
    { app: 'web', objects: maps(2) },
    { app: 'other', objects: [configMap('of-other'), configMap('part-2')] },
  ]
  await broker.assign({ generation: 2, apps })
  await healthyAt(broker, 'web', 2)
  await healthyAt(broker, 'other', 2)
  assert.equal(seeConfigMap(sim, 'part-2')?.metadata.uid, uid)
  assert.equal(seeConfigMap(sim, 'part-2')?.metadata.labels?.['roadstead.dev/app'], 'other')
  assert.equal(sim.counters.total('delete'), 0)
})

test('what carries our mark against it is never deleted', async (t) => {
  const marked = configMap('precious')
  const objects = [
    ...maps(1),
    { ...marked, metadata: { ...marked.metadata, annotations: { 'roadstead.dev/prune': 'disabled' } } },
  ]
  const { broker, sim } = await settled(t, objects)
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(1) }, other] })
  const report = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.applied?.generation === 2 && last
  })
  assert.equal(report.objects.retained, 1)
  assert.ok(seeConfigMap(sim, 'precious'))
})

test('a namespace is left where it is unless the app says otherwise', async (t) => {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
  const { broker, sim } = await settled(t, [namespace, configMap('inside', {}, 'shop')])
  const seen = () => sim.objects.get({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' })
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(1) }, other] })
  await until(() => seeConfigMap(sim, 'inside', 'shop') === undefined)
  assert.ok(seen())
  const policy = { prune: { namespaces: true } }
  await broker.assign({ generation: 3, apps: [{ app: 'web', objects: maps(1), policy }, other] })
  await until(() => seen() === undefined)
})

test('an agent that lost its disk still knows what to delete', async (t) => {
  const { broker, sim, start, stop } = await settled(t, maps(3))
  await stop()
  start({ store: createMemoryStore() })
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(2) }, other] })
  await until(() => seeConfigMap(sim, 'part-2') === undefined)
})

test('an object of the same name that somebody else made is not deleted', async (t) => {
  const policy = { drift: { policy: 'report' as const } }
  const { broker, sim } = await settled(t, maps(3), policy)
  sim.objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'part-2' })
  sim.objects.create(configMap('part-2', { mine: 'yes' }) as never, 'somebody')
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(2), policy }, other] })
  await healthyAt(broker, 'web', 2)
  assert.deepEqual(seeConfigMap(sim, 'part-2')?.data, { mine: 'yes' })
})

test('while what replaces an object can not be applied, the object stays', async (t) => {
  const { broker, sim } = await settled(t, maps(2))
  const broken = { ...configMap('replacement'), spec: { unknown: true } }
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: [...maps(1), broken] }, other] })
  await until(() => lastApp(broker.reports, 'web')?.phase === 'failed')
  assert.ok(seeConfigMap(sim, 'part-1'))
  await broker.assign({
    generation: 3,
    apps: [{ app: 'web', objects: [...maps(1), configMap('replacement')] }, other],
  })
  await until(() => seeConfigMap(sim, 'part-1') === undefined)
})

test('what is only kept by the budget is no drift, whatever becomes of it', async (t) => {
  const { broker, sim, agent } = await settled(t, maps(20))
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: maps(5) }, other] })
  await until(() => lastApp(broker.reports, 'web')?.objects.retained === 15)
  sim.objects.patch(configMapRef('part-19'), { data: { key: 'changed' } }, 'somebody')
  // A change that does count, after it, shows that it has been seen.
  sim.objects.patch(configMapRef('part-0'), { data: { key: 'changed' } }, 'somebody')
  await until(() => agent.counts.get('drift.corrected'))
  assert.equal(agent.counts.get('drift.open'), 1)
  assert.equal(seeConfigMap(sim, 'part-19')?.data?.key, 'changed')
})
