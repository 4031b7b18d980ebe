import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../../test/harness/index.ts'
import { configMap, createBench, deployment, healthyAt, lastApp, seeConfigMap } from '../testing/run-agent.ts'

test('an app waits for what it depends on, and starts as soon as that is healthy', async (t) => {
  const { broker, sim, start } = await createBench(t)
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
  assert.equal(seeConfigMap(sim, 'front'), undefined)

  const mended = [apps[0]!, { app: 'back', objects: [deployment('back', 'back:1')] }]
  await broker.assign({ generation: 2, apps: mended })
  await healthyAt(broker, 'back', 2)
  await healthyAt(broker, 'front', 2)
})

test('a definition, its custom objects, a namespace and its contents come up in one go', async (t) => {
  const { broker, start } = await createBench(t)
  start()
  const widget = {
    apiVersion: 'example.dev/v1',
    kind: 'Widget',
    metadata: { name: 'first', namespace: 'shop' },
    spec: { size: 3 },
  }
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.dev' },
    spec: {
      group: 'example.dev',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
      scope: 'Namespaced',
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
            },
          },
        },
      ],
    },
  }
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
  // Written in the worst order; the stages mend it.
  const objects = [widget, configMap('inside', {}, 'shop'), namespace, definition]
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
  const report = await healthyAt(broker, 'web', 1)
  assert.equal(report.objects.applied, 4)
  assert.deepEqual(report.problems, [])
})

test('an unchanged assignment makes no call, however often it is sent and whatever its generation', async (t) => {
  const { broker, sim, start } = await createBench(t)
  const agent = start()
  const apps = [{ app: 'web', objects: [configMap('one'), deployment('web')] }]
  await broker.assign({ generation: 1, apps })
  await healthyAt(broker, 'web', 1)
  const changing = () =>
    sim.counters.total('apply') + sim.counters.total('delete') + sim.counters.total('get')
  await until(() => sim.openWatches === 2)
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
  assert.equal(sim.counters.total('apply', 'deployments.apps'), 1)
  // The new app: its object, and the two copies of its inventory.
  assert.ok(changing() - before <= 4, `${changing() - before} calls`)
})

test('of a changed app only the changed objects are applied', async (t) => {
  const { broker, sim, start } = await createBench(t)
  start()
  const objects = [configMap('one'), configMap('two'), configMap('three')]
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
  await healthyAt(broker, 'web', 1)
  sim.counters.reset()
  await broker.assign({
    generation: 2,
    apps: [{ app: 'web', objects: [configMap('one', { key: 'new' }), ...objects.slice(1)] }],
  })
  await healthyAt(broker, 'web', 2)
  assert.equal(sim.counters.total('apply'), 1)
})

test('variables give ten clusters one release: this one its own values', async (t) => {
  const { broker, sim, start } = await createBench(t)
  start()
  const objects = [configMap('one', { region: '${cluster.labels.region}', tier: '${vars.TIER:=basic}' })]
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
  await healthyAt(broker, 'web', 1)
  assert.deepEqual(seeConfigMap(sim, 'one')?.data, { region: 'north', tier: 'basic' })
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects }], variables: { TIER: 'gold' } })
  await healthyAt(broker, 'web', 2)
  assert.equal(seeConfigMap(sim, 'one')?.data?.tier, 'gold')
})
