import assert from 'node:assert/strict'
import { until } from '../../../test/harness/index.ts'
import { onEachCluster } from '../testing/cluster.ts'
import { lastApp, receipts } from '../testing/run-agent.ts'

onEachCluster(
  'an assignment becomes objects, health and reports',
  async ({ broker, start, configMap, deployment, see }) => {
    start()
    await broker.assign({
      generation: 1,
      apps: [{ app: 'web', objects: [configMap('settings'), deployment('web')] }],
    })

    const report = await until(() => {
      const last = lastApp(broker.reports, 'web')
      return last?.healthy?.generation === 1 && last
    })
    assert.equal(report.phase, 'applied')
    assert.deepEqual(report.health, { status: 'Healthy' })
    assert.deepEqual(report.objects, { total: 2, applied: 2, failed: 0, healthy: 2, drifted: 0, retained: 0 })
    assert.equal(receipts(broker.reports).at(-1)?.accepted, true)
    const live = await see('settings')
    assert.equal(live?.metadata.labels?.['roadstead.dev/app'], 'web')
  },
)
