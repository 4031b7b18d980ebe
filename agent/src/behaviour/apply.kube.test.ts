import assert from 'node:assert/strict'
import { until } from '../../../test/harness/index.ts'
import { type ClusterBench, onEachCluster } from '../testing/cluster.ts'
import { widgetsOf } from '../testing/definition.ts'
import { healthyAt, lastApp } from '../testing/run-agent.ts'

/** Assigns objects of which one is refused; returns what is reported of that. */
async function refusal({ broker, start }: ClusterBench, objects: object[]) {
  start()
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
  const report = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.phase === 'failed' && last
  })
  assert.equal(report.applied, undefined)
  assert.equal(report.objects.failed, 1)
  const [problem] = report.problems
  assert.ok(problem)
  return problem
}

onEachCluster(
  'one bad object leaves the others applied, is named, and nothing is called applied',
  async (bench) => {
    const bad = { ...bench.configMap('bad'), spec: { unknown: true } }
    const problem = await refusal(bench, [bench.configMap('good'), bad])
    assert.equal(problem.code, 'object-invalid')
    assert.equal(problem.object?.name, 'bad')
    assert.match(problem.message, /spec: field not declared in schema/)
    assert.ok(await bench.see('good'))
  },
)

onEachCluster('an object that the server finds invalid is reported in its words', async (bench) => {
  const bad = bench.configMap('Not_A_Name')
  const problem = await refusal(bench, [bench.configMap('good'), bad])
  assert.equal(problem.code, 'object-invalid')
  assert.match(problem.message, /metadata\.name: Invalid value: "Not_A_Name"/)
})

onEachCluster(
  'an object of a kind that the cluster does not have is named, and applied once it has it',
  async (bench) => {
    const { definition, widget } = widgetsOf(bench)
    const problem = await refusal(bench, [bench.configMap('good'), widget('first')])
    assert.equal(problem.code, 'kind-unknown')
    assert.equal(problem.object?.kind, 'Widget')
    await bench.cluster.objects.create(definition)
    const report = await until(
      () => {
        const last = lastApp(bench.broker.reports, 'web')
        return last?.applied && last
      },
      { deadlineMs: 60_000, message: 'the custom object is applied' },
    )
    assert.equal(report.objects.applied, 2)
  },
)

onEachCluster('a namespace that is not there is named, and its object applied once it is', async (bench) => {
  const name = bench.unique('later')
  const outside = bench.configMap('outside')
  const objects = [
    bench.configMap('good'),
    { ...outside, metadata: { ...outside.metadata, namespace: name } },
  ]
  const problem = await refusal(bench, objects)
  assert.equal(problem.code, 'dependency-unmet')
  assert.match(problem.message, new RegExp(`namespaces "${name}" not found`))
  bench.cleanUp(() => bench.cluster.objects.delete({ apiVersion: 'v1', kind: 'Namespace', name }))
  await bench.cluster.objects.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  await until(() => lastApp(bench.broker.reports, 'web')?.applied, { deadlineMs: 60_000 })
})

onEachCluster(
  'a change of an immutable field is reported as that, and the old object stays',
  async (bench) => {
    const { broker, start, deployment, cluster, refOf } = bench
    start()
    await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [deployment('web')] }] })
    await healthyAt(broker, 'web', 1)
    const before = await cluster.objects.get(refOf('Deployment', 'web'))
    const changed = deployment('web')
    changed.spec.selector.matchLabels.app = 'other'
    changed.spec.template.metadata.labels.app = 'other'
    await broker.assign({ generation: 2, apps: [{ app: 'web', objects: [changed] }] })
    const problem = await until(() => lastApp(broker.reports, 'web')?.problems[0])
    assert.equal(problem.code, 'object-immutable')
    assert.match(problem.message, /spec\.selector.*field is immutable/)
    const after = await cluster.objects.get(refOf('Deployment', 'web'))
    assert.equal(after?.metadata.uid, before?.metadata.uid)
  },
)

onEachCluster(
  'fields of others are taken over by force, and an object that was there is adopted',
  async (bench) => {
    const { broker, start, configMap, cluster, see } = bench
    await cluster.objects.create(configMap('old', { key: 'theirs', more: 'kept' }), 'helm')
    start()
    await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [configMap('old')] }] })
    await healthyAt(broker, 'web', 1)
    const live = await see('old')
    assert.deepEqual(live?.data, { key: 'value', more: 'kept' })
    assert.equal(live?.metadata.labels?.['roadstead.dev/app'], 'web')
  },
)

onEachCluster('a field that a release no longer has is removed from the object', async (bench) => {
  const { broker, start, configMap, see } = bench
  start()
  const objects = [configMap('one', { key: 'value', second: 'soon gone' })]
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
  await healthyAt(broker, 'web', 1)
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: [configMap('one')] }] })
  await healthyAt(broker, 'web', 2)
  assert.deepEqual((await see('one'))?.data, { key: 'value' })
})

onEachCluster('an API server that goes away in the middle of an apply is waited for', async (bench) => {
  const { broker, start, configMap, cluster } = bench
  start()
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [configMap('first')] }] })
  await healthyAt(broker, 'web', 1)
  const objects = Array.from({ length: 200 }, (_, index) => configMap(`part-${index}`))
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: [configMap('first'), ...objects] }] })
  await until(() => bench.calls.total('apply', 'configmaps') > 20, { everyMs: 1 })
  await cluster.interrupt()
  const report = await until(
    () => {
      const last = lastApp(broker.reports, 'web')
      return last?.healthy?.generation === 2 && last
    },
    { deadlineMs: 60_000, message: 'all is applied' },
  )
  assert.equal(report.objects.applied, 201)
  const live = await cluster.objects.list('v1', 'ConfigMap', bench.namespace)
  assert.equal(live.filter(({ metadata }) => metadata.labels?.['roadstead.dev/app'] === 'web').length, 201)
})
