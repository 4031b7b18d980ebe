import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../../test/harness/index.ts'
import {
  configMap,
  configMapRef,
  createBench,
  healthyAt,
  lastApp,
  seeConfigMap,
} from '../testing/run-agent.ts'

test('an object that failed is tried again, and alone', async (t) => {
  const { broker, sim, start } = await createBench(t)
  let earlyApplies = 0
  const count = ({ verb, name }: { verb: string; name: string }) => {
    if (verb === 'apply' && name === 'early') earlyApplies += 1
    return false
  }
  sim.faults.inject(count, { kind: 'reset' })
  sim.faults.inject(
    { verb: 'apply', name: 'late' },
    { kind: 'status', code: 500, message: 'etcd is away' },
    1,
  )
  start()
  await broker.assign({
    generation: 1,
    apps: [{ app: 'web', objects: [configMap('early'), configMap('late')] }],
  })
  await until(() => lastApp(broker.reports, 'web')?.phase === 'failed')
  await healthyAt(broker, 'web', 1)
  assert.equal(earlyApplies, 1)
})

test('an undefined variable fails its own object and is named', async (t) => {
  const { broker, sim, start } = await createBench(t)
  start()
  const objects = [configMap('good', { in: '${cluster.name}' }), configMap('bad', { x: '${vars.NOWHERE}' })]
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
  const report = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.phase === 'failed' && last
  })
  assert.equal(report.problems[0]?.code, 'undefined-variable')
  assert.match(report.problems[0]?.message ?? '', /vars\.NOWHERE/)
  assert.equal(seeConfigMap(sim, 'good')?.data?.in, 'test-one')
})

test('while the API server is away the app is not called applied, and it recovers by itself', async (t) => {
  const { broker, sim, start } = await createBench(t)
  const fault = sim.faults.inject({}, { kind: 'reset' })
  start()
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [configMap('one')] }] })
  await until(() => broker.reports.some(({ kind }) => kind === 'receipt'))
  assert.equal(lastApp(broker.reports, 'web')?.applied, undefined)
  sim.faults.clear(fault)
  const report = await until(() => lastApp(broker.reports, 'web')?.healthy, { deadlineMs: 20_000 })
  assert.equal(report.generation, 1)
})

test('an overloaded API server is given time, and the work is done', async (t) => {
  const { broker, sim, start } = await createBench(t)
  start()
  sim.faults.inject(
    { verb: 'apply', resource: 'configmaps' },
    { kind: 'status', code: 429, retryAfterSeconds: 1 },
    2,
  )
  await broker.assign({
    generation: 1,
    apps: [{ app: 'web', objects: [configMap('one'), configMap('two')] }],
  })
  await healthyAt(broker, 'web', 1)
})

test('an apply whose answer was lost is done again, to the same end', async (t) => {
  const { broker, sim, start } = await createBench(t)
  start()
  sim.faults.inject({ verb: 'apply', name: 'one' }, { kind: 'lost-answer' }, 1)
  sim.faults.inject({ verb: 'apply', name: 'two' }, { kind: 'half-body' }, 1)
  await broker.assign({
    generation: 1,
    apps: [{ app: 'web', objects: [configMap('one'), configMap('two')] }],
  })
  await healthyAt(broker, 'web', 1)
  assert.equal(sim.objects.get(configMapRef('one'))?.metadata.labels?.['roadstead.dev/app'], 'web')
})

test('an agent that ended in the middle of an apply finishes it when it starts again', async (t) => {
  const { broker, sim, start, stop } = await createBench(t)
  start()
  const objects = Array.from({ length: 30 }, (_, index) => configMap(`part-${index}`))
  const hang = sim.faults.inject({ verb: 'apply', name: 'part-20' }, { kind: 'hang' })
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects }] })
  await until(() => seeConfigMap(sim, 'part-19'))
  await stop()
  sim.faults.clear(hang)
  start()
  const report = await healthyAt(broker, 'web', 1)
  assert.equal(report.objects.applied, 30)
  assert.ok(seeConfigMap(sim, 'part-20'))
})

test('a newer assignment ends an apply that hangs', async (t) => {
  const { broker, sim, start } = await createBench(t)
  start()
  sim.faults.inject({ verb: 'apply', name: 'stuck' }, { kind: 'hang' })
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [configMap('stuck')] }] })
  await until(() => sim.counters.total('apply', 'configmaps') > 0)
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: [configMap('free')] }] })
  await healthyAt(broker, 'web', 2)
})

const job = (image: string, annotations: Record<string, string> = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'migrate', namespace: 'default', annotations },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'run', image }] } } },
})
const jobRef = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'default', name: 'migrate' } as const

test('an immutable field fails its object, and the object stays', async (t) => {
  const { broker, sim, start } = await createBench(t)
  start()
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [job('run:1')] }] })
  await until(() => lastApp(broker.reports, 'web')?.applied?.generation === 1)
  const uid = sim.objects.get(jobRef)?.metadata.uid
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: [job('run:2')] }] })
  const report = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.phase === 'failed' && last
  })
  assert.equal(report.problems[0]?.code, 'object-immutable')
  assert.equal(sim.objects.get(jobRef)?.metadata.uid, uid)
})

test('an object that asks for it is made anew when a field is immutable', async (t) => {
  const { broker, sim, start } = await createBench(t)
  start()
  const mark = { 'roadstead.dev/on-immutable': 'recreate' }
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [job('run:1', mark)] }] })
  await until(() => lastApp(broker.reports, 'web')?.applied?.generation === 1)
  const uid = sim.objects.get(jobRef)?.metadata.uid
  await broker.assign({ generation: 2, apps: [{ app: 'web', objects: [job('run:2', mark)] }] })
  await until(() => lastApp(broker.reports, 'web')?.applied?.generation === 2)
  assert.notEqual(sim.objects.get(jobRef)?.metadata.uid, uid)
})
