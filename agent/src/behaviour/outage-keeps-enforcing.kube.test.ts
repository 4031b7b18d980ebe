import assert from 'node:assert/strict'
import { until } from '../../../test/harness/index.ts'
import { onEachCluster } from '../testing/cluster.ts'
import { driftsIn, healthyAt } from '../testing/run-agent.ts'

onEachCluster(
  'without a broker an agent enforces what it accepted, across its own restart, and reports it later',
  async (bench) => {
    const { broker, start, stop, configMap, refOf, see } = bench
    const { objects } = bench.cluster
    start()
    await broker.assign({
      generation: 1,
      apps: [{ app: 'web', objects: [configMap('one'), configMap('two')] }],
    })
    await healthyAt(broker, 'web', 1)

    await broker.nats.stop()
    await stop()
    await objects.patch(
      refOf('ConfigMap', 'one'),
      { data: { key: 'changed while nobody looked' } },
      'kubectl-edit',
    )
    await objects.delete(refOf('ConfigMap', 'two'))
    start()

    await until(async () => (await see('one'))?.data?.key === 'value' && (await see('two')))

    await broker.restart()
    const drifts = await until(() => {
      const ended = driftsIn(broker.reports).filter(({ state }) => state === 'corrected')
      return ended.length === 2 && ended
    })
    assert.deepEqual(drifts.map(({ change }) => change).sort(), ['deleted', 'modified'])
    assert.equal(drifts.find(({ change }) => change === 'modified')?.manager, 'kubectl-edit')
  },
)

onEachCluster(
  'reports of an outage arrive once the broker is back, the newest state of each app alone',
  async (bench) => {
    const { broker, start, configMap, refOf, see } = bench
    const { objects } = bench.cluster
    const agent = start()
    await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [configMap('one')] }] })
    await healthyAt(broker, 'web', 1)
    await broker.nats.stop()
    const before = broker.reports.length

    for (const value of ['a', 'b', 'c']) {
      await objects.patch(refOf('ConfigMap', 'one'), { data: { key: value } }, 'kubectl-edit')
      await until(async () => (await see('one'))?.data?.key === 'value')
    }
    await until(() => (agent.counts.get('drift.corrected') ?? 0) >= 3)
    await broker.restart()
    await until(() => driftsIn(broker.reports.slice(before)).some(({ state }) => state === 'corrected'))
    assert.equal(driftsIn(broker.reports.slice(before)).length, 1)
  },
)
