import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ReceivedSpan, startOtlpReceiver, until } from '../harness/index.ts'
import { configMap, deployment, launch, smallFleet, startWorld } from './world/index.ts'

test('one trace runs from a push to the health of the last cluster', async () => {
  await using receiver = await startOtlpReceiver()
  await using world = await startWorld({ otlpEndpoint: receiver.endpoint })
  const clusters = { 'dev-1': 'dev', 'dev-2': 'dev' }
  const fleet = {
    clusters,
    apps: { web: deployment('web', 'example/web:1'), settings: configMap('settings', {}) },
  }
  await launch(world, fleet)
  const next = { ...fleet.apps, web: deployment('web', 'example/web:2') }
  const commit = await world.push('Release 2', smallFleet({ clusters, apps: next }))
  await world.settled(commit)

  const push = await until(() =>
    receiver.spans.find(
      ({ name, attributes }) => name === 'source.push' && attributes['roadstead.commit'] === commit,
    ),
  )
  const clustersIn = (spans: readonly ReceivedSpan[]) =>
    new Set(spans.map(({ attributes }) => attributes['roadstead.cluster'])).size
  const spans = await until(() => {
    const all = receiver.trace(push.traceId)
    const told = all.filter(({ attributes }) => attributes['roadstead.outcome'] === 'applied/Healthy')
    const reached = all.filter(({ name }) => name === 'agent healthy')
    return clustersIn(told) === 2 && clustersIn(reached) === 2 && all
  })

  const steps = (service: string) =>
    new Set(spans.filter((span) => span.service === service).map(({ name }) => name))
  assert.deepEqual(steps('roadstead-hub'), new Set(['source.push', 'advance', 'publish', 'intake']))
  const agentSteps = new Set(['agent accept', 'agent apply', 'agent healthy'])
  assert.deepEqual(steps('roadstead-agent'), agentSteps)
  for (const cluster of Object.keys(clusters)) {
    const own = spans.filter((span) => span.attributes['roadstead.cluster'] === cluster)
    assert.deepEqual(new Set(own.map(({ name }) => name)), new Set([...agentSteps, 'intake']), cluster)
  }
  // One tree: every span but the push hangs on another of the same trace.
  const ids = new Set(spans.map(({ spanId }) => spanId))
  const loose = spans.filter(({ spanId, parentSpanId }) => spanId !== push.spanId && !ids.has(parentSpanId))
  assert.deepEqual(
    loose.map(({ name }) => name),
    [],
  )
  // The app that the commit leaves alone is no part of it.
  const apps = new Set(spans.flatMap(({ attributes }) => attributes['roadstead.app'] ?? []))
  assert.deepEqual(apps, new Set(['web']))
})
