import assert from 'node:assert/strict'
import { until } from '../../../test/harness/index.ts'
import { type ClusterBench, onEachCluster } from '../testing/cluster.ts'
import { healthyAt, lastApp } from '../testing/run-agent.ts'

async function degraded({ broker, start, deployment }: ClusterBench, image: string) {
  start()
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [deployment('web', image)] }] })
  const report = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.health.status === 'Degraded' && last
  })
  assert.equal(report.applied?.generation, 1)
  assert.equal(report.healthy, undefined)
  return report.health.reason ?? ''
}

onEachCluster(
  'a Deployment whose Pods crash is degraded with the Pod’s reason, and never healthy',
  async (bench) => {
    assert.match(await degraded(bench, 'web:crash-loop'), /CrashLoopBackOff/)
  },
)

onEachCluster(
  'a Deployment whose image can not be pulled is degraded with the Pod’s reason',
  async (bench) => {
    assert.match(await degraded(bench, 'web:image-pull-error'), /ImagePullBackOff|ErrImagePull/)
  },
)

onEachCluster('a Deployment is progressing until its Pods are ready, and then healthy', async (bench) => {
  const { broker, start, deployment } = bench
  start()
  await broker.assign({ generation: 1, apps: [{ app: 'web', objects: [deployment('web', 'web:slow-2s')] }] })
  await until(() => lastApp(broker.reports, 'web')?.health.status === 'Progressing')
  const report = await healthyAt(broker, 'web', 1)
  assert.deepEqual(report.health, { status: 'Healthy' })
})

onEachCluster(
  'a rollout that goes wrong degrades an app that was healthy, and the next one mends it',
  async (bench) => {
    const { broker, start, deployment } = bench
    const of = (image: string) => [{ app: 'web', objects: [deployment('web', image)] }]
    start()
    await broker.assign({ generation: 1, apps: of('web:1') })
    await healthyAt(broker, 'web', 1)
    await broker.assign({ generation: 2, apps: of('web:crash-loop') })
    const report = await until(() => {
      const last = lastApp(broker.reports, 'web')
      return last?.health.status === 'Degraded' && last
    })
    assert.equal(report.healthy?.generation, 1)
    await broker.assign({ generation: 3, apps: of('web:2') })
    await healthyAt(broker, 'web', 3)
  },
)

onEachCluster('an app that is not healthy by its deadline is degraded by it', async (bench) => {
  const { broker, start, deployment } = bench
  const policy = { health: { deadlineSeconds: 1 } }
  start()
  await broker.assign({
    generation: 1,
    apps: [{ app: 'web', objects: [deployment('web', 'web:slow-60s')], policy }],
  })
  const report = await until(() => {
    const last = lastApp(broker.reports, 'web')
    return last?.problems.some(({ code }) => code === 'health-deadline') && last
  })
  assert.equal(report.health.status, 'Degraded')
})
