import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/index.ts'
import { configMap, launch, startWorld } from './world/index.ts'

test('metrics count clusters by status and reports by kind, and logs carry the attributes of the traces', async () => {
  await using world = await startWorld({ hubAsProgram: true })
  const clusters = { 'dev-1': 'dev', 'dev-2': 'dev', 'prod-1': 'prod' }
  const fleet = { environments: ['dev', 'prod'], clusters, apps: { web: configMap('web', {}) } }
  const { commit } = await launch(world, fleet)

  const headers = { authorization: `Bearer ${new URL(world.hub.gitRemote).password}` }
  const text = await (await fetch(`${world.hub.url}/metrics`, { headers })).text()
  const value = (name: string, labels: Readonly<Record<string, string>>) => {
    const samples = text.split('\n').filter((line) => line.startsWith(`${name}{`))
    const pairs = Object.entries(labels).map(([label, content]) => `${label}="${content}"`)
    const sample = samples.find((line) => pairs.every((pair) => line.includes(pair)))
    assert.ok(sample, `no ${name} with ${pairs} in:\n${text}`)
    return Number(/ (\S+?)(?: \d+)?$/.exec(sample)?.[1])
  }
  const inEnvironment = (environment: string, status: string) => ({
    roadstead_environment: environment,
    roadstead_status: status,
  })
  assert.equal(value('roadstead_clusters', inEnvironment('dev', 'healthy')), 2)
  assert.equal(value('roadstead_clusters', inEnvironment('prod', 'healthy')), 1)
  assert.equal(value('roadstead_clusters', inEnvironment('prod', 'silent')), 0)
  assert.equal(value('roadstead_placements', inEnvironment('dev', 'healthy')), 2)
  assert.equal(value('roadstead_drift_open', { roadstead_environment: 'dev' }), 0)
  assert.equal(value('roadstead_dispatch_published_total', { kind: 'assignment' }), 3)
  assert.ok(value('roadstead_intake_reports_total', { kind: 'app' }) >= 3)
  assert.equal(value('roadstead_intake_reports_total', { kind: 'receipt' }), 3)

  const log = () =>
    world.hub.lines.filter((line) => line.startsWith('{"level"')).map((line) => JSON.parse(line))
  const inForce = await until(() => log().find(({ msg }) => msg === 'a commit is in force'))
  assert.equal(inForce['roadstead.commit'], commit)
  const enrolled = log().filter(({ msg }) => msg === 'enrolled')
  assert.deepEqual(enrolled.map((line) => line['roadstead.cluster']).sort(), Object.keys(clusters))
  for (const { level, time, service } of log()) {
    assert.ok(['debug', 'info', 'warn', 'error'].includes(level))
    assert.ok(!Number.isNaN(Date.parse(time)))
    assert.equal(service, 'roadstead-hub')
  }
})
