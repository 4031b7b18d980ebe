import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../../../test/harness/index.ts'
import {
  configMap,
  configMapRef,
  createBench,
  driftsIn,
  healthyAt,
  seeConfigMap,
} from '../testing/run-agent.ts'

test('without a broker an agent enforces what it accepted, across its own restart, and reports it later', async (t) => {
  const { broker, sim, start, stop } = await createBench(t)
  start()
  await broker.assign({
    generation: 1,
    apps: [{ app: 'web', objects: [configMap('one'), configMap('two')] }],
  })
  await healthyAt(broker, 'web', 1)

  await broker.nats.stop()
  await stop()
  sim.objects.patch(configMapRef('one'), { data: { key: 'changed while nobody looked' } }, 'kubectl-edit')
  sim.objects.delete(configMapRef('two'))
  start()

  await until(() => seeConfigMap(sim, 'one')?.data?.key === 'value' && seeConfigMap(sim, 'two'))

  await broker.restart()
  const drifts = await until(() => {
    const ended = driftsIn(broker.reports).filter(({ state }) => state === 'corrected')
    return ended.length === 2 && ended
  })
  assert.deepEqual(drifts.map(({ change }) => change).sort(), ['deleted', 'modified'])
  assert.equal(drifts.find(({ change }) => change === 'modified')?.manager, 'kubectl-edit')
})

test('reports of an outage arrive once the broker is back, the newest state of each app alone', async (t) => {
  const { broker, sim, start } = await createBench(t)
  const agent = start()
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [configMap('one')] }] })
  await healthyAt(broker, 'web', 1)
  await broker.nats.stop()
  const before = broker.reports.length

  for (const value of ['a', 'b', 'c']) {
    sim.objects.patch(configMapRef('one'), { data: { key: value } }, 'kubectl-edit')
    await until(() => seeConfigMap(sim, 'one')?.data?.key === 'value')
  }
  await until(() => (agent.counts.get('drift.corrected') ?? 0) >= 3)
  await broker.restart()
  await until(() => driftsIn(broker.reports.slice(before)).some(({ state }) => state === 'corrected'))
  assert.equal(driftsIn(broker.reports.slice(before)).length, 1)
})
