import assert from 'node:assert/strict'
import { until } from '../../../test/harness/index.ts'
import { onEachCluster } from '../testing/cluster.ts'
import { widgetsOf } from '../testing/definition.ts'
import { configMap as configMapIn, healthyAt, lastApp } from '../testing/run-agent.ts'

onEachCluster('an app waits for what it depends on, and starts as soon as that is healthy', async (bench) => {
  const { broker, start, see, configMap, deployment } = bench
  start()
  const apps = [
    { app: 'front', objects: [configMap('front')], dependsOn: ['back'] },
    { app: 'back', objects: [deployment('back', 'back:never-ready')] },
  ]
  await broker.assign({ generation: 1, apps })
  await until(() => lastApp(broker.reports, 'back')?.phase === 'applied')
  const waiting = await until(() => lastApp(broker.reports, 'front'))
  assert.equal(waiting.phase, 'waiting')
  assert.match(waiting.problems[0]?.message ?? '', /waits for back/)
  assert.equal(await see('front'), undefined)

  const mended = [apps[0]!, { app: 'back', objects: [deployment('back', 'back:1')] }]
  await broker.assign({ generation: 2, apps: mended })
  await healthyAt(broker, 'back', 2)
  await healthyAt(broker, 'front', 2)
})

onEachCluster(
  'a definition, its custom objects, a namespace and its contents come up in one go',
  async (bench) => {
    const { broker, start } = bench
    start()
    const shop = bench.unique('shop')
    const { definition, widget } = widgetsOf(bench)
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: shop } }
    bench.cleanUp(() => bench.cluster.objects.delete({ ...namespace, name: shop }))
    // Written in the worst order; the stages mend it.
    const objects = [widget('first', shop), configMapIn('inside', {}, shop), namespace, definition]
    await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
    const report = await healthyAt(broker, 'web', 1)
    assert.equal(report.objects.applied, 4)
    assert.deepEqual(report.problems, [])
  },
)

onEachCluster(
  'an unchanged assignment makes no call, however often it is sent and whatever its generation',
  async (bench) => {
    const { broker, start, calls, configMap, deployment } = bench
    const agent = start()
    const apps = [{ app: 'web', objects: [configMap('one'), deployment('web')] }]
    await broker.assign({ generation: 1, apps })
    await healthyAt(broker, 'web', 1)
    const changing = () => calls.total('apply') + calls.total('delete') + calls.total('get')
    await until(() => calls.openWatches === 2)
    const before = changing()
    for (let generation = 2; generation <= 5; generation += 1)
      await broker.assign({ generation, apps, since: 1 })
    await until(() => agent.counts.get('assignment.accepted') === 5)
    // A change that does need a call, after them, shows that they have been dealt with.
    await broker.assign({
      generation: 6,
      apps: [...apps, { app: 'late', objects: [configMap('late')] }],
      since: 6,
    })
    await healthyAt(broker, 'late', 6)
    assert.equal(calls.total('apply', 'deployments.apps'), 1)
    // The new app: its object, and the two copies of its inventory.
    assert.ok(changing() - before <= 4, `${changing() - before} calls`)
  },
)

onEachCluster('of a changed app only the changed objects are applied', async (bench) => {
  const { broker, start, calls, configMap } = bench
  start()
  const objects = [configMap('one'), configMap('two'), configMap('three')]
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
  await healthyAt(broker, 'web', 1)
  calls.reset()
  await broker.assign({
    generation: 2,
    apps: [{ app: 'web', objects: [configMap('one', { key: 'new' }), ...objects.slice(1)] }],
  })
  await healthyAt(broker, 'web', 2)
  assert.equal(calls.total('apply'), 1)
})

onEachCluster('variables give ten clusters one release: this one its own values', async (bench) => {
  const { broker, start, see, configMap } = bench
  start()
  const objects = [configMap('one', { region: '${cluster.labels.region}', tier: '${vars.TIER:=basic}' })]
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
  await healthyAt(broker, 'web', 1)
  assert.deepEqual((await see('one'))?.data, { region: 'north', tier: 'basic' })
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects }], variables: { TIER: 'gold' } })
  await healthyAt(broker, 'web', 2)
  assert.equal((await see('one'))?.data?.tier, 'gold')
})
