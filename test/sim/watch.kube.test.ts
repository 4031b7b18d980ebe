import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/until.ts'
import { CONFIG_MAPS, call, configMap, startCluster, watch } from './testing.ts'

const named = (events: readonly { type: string; object: { metadata: { name: string } } }[]) =>
  events.map((event) => `${event.type} ${event.object.metadata.name}`)

test('a watch resumes after the version of a list and misses nothing', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  cluster.objects.create(configMap('before'))
  const list = await call(cluster, 'GET', CONFIG_MAPS)
  cluster.objects.create(configMap('between'))
  const { events } = watch(
    t,
    cluster,
    `${CONFIG_MAPS}?resourceVersion=${list.body.metadata?.resourceVersion}`,
  )
  await until(() => cluster.openWatches === 1)
  cluster.objects.patch(
    { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'before' },
    { data: { a: 'b' } },
  )
  cluster.objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'between' })
  await until(() => events.length === 3)
  assert.deepEqual(named(events), ['ADDED between', 'MODIFIED before', 'DELETED between'])
})

test('a watch without a version starts with what there is', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  cluster.objects.create(configMap('one'))
  const { events } = watch(t, cluster, CONFIG_MAPS)
  await until(() => events.length === 1)
  assert.deepEqual(named(events), ['ADDED one'])
})

test('an object that leaves a selector is seen as deleted, one that enters it as added', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'a' }
  const { events } = watch(t, cluster, `${CONFIG_MAPS}?labelSelector=mine`)
  await until(() => cluster.openWatches === 1)
  cluster.objects.create(configMap('a'))
  cluster.objects.patch(ref, { metadata: { labels: { mine: 'yes' } } })
  cluster.objects.patch(ref, { metadata: { labels: { mine: null } } })
  await until(() => events.length === 2)
  assert.deepEqual(named(events), ['ADDED a', 'DELETED a'])
})

test('a watch from a forgotten version gets 410 Expired, as an event', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  cluster.objects.create(configMap('a'))
  cluster.compact()
  const { events, ended } = watch(t, cluster, `${CONFIG_MAPS}?resourceVersion=2`)
  await ended
  assert.equal(events[0]?.type, 'ERROR')
  assert.equal(events[0]?.object.code, 410)
  assert.equal(events[0]?.object.reason, 'Expired')
})

test('a streaming list ends its initial events with an annotated bookmark', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  cluster.objects.create(configMap('a'))
  const query = 'sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan'
  const { events } = watch(t, cluster, `${CONFIG_MAPS}?${query}`)
  await until(() => events.length === 2)
  assert.deepEqual(
    events.map((event) => event.type),
    ['ADDED', 'BOOKMARK'],
  )
  assert.deepEqual(events[1]?.object.metadata, {
    resourceVersion: events[1]?.object.metadata.resourceVersion,
    creationTimestamp: null,
    annotations: { 'k8s.io/initial-events-end': 'true' },
  })
})

test('a watch ends after timeoutSeconds, and when watches are dropped', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  await watch(t, cluster, `${CONFIG_MAPS}?timeoutSeconds=1`).ended
  const dropped = watch(t, cluster, CONFIG_MAPS)
  await until(() => cluster.openWatches === 1)
  assert.equal(cluster.dropWatches(), 1)
  await dropped.ended
  assert.equal(cluster.openWatches, 0)
})

test('the pages of a list show one moment', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  for (const name of ['a', 'b', 'c']) cluster.objects.create(configMap(name))
  const first = await call(cluster, 'GET', `${CONFIG_MAPS}?limit=2`)
  assert.equal(first.body.metadata?.remainingItemCount, 1)
  cluster.objects.create(configMap('bb'))
  cluster.objects.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'default', name: 'c' })
  const token = first.body.metadata?.continue
  const second = await call(cluster, 'GET', `${CONFIG_MAPS}?limit=2&continue=${token}`)
  const names = [first, second]
    .flatMap((page) => page.body.items ?? [])
    .map((item) => (item.metadata as { name: string }).name)
  assert.deepEqual(names, ['a', 'b', 'c'])
  assert.equal(second.body.metadata?.resourceVersion, first.body.metadata?.resourceVersion)
  cluster.compact()
  const late = await call(cluster, 'GET', `${CONFIG_MAPS}?limit=2&continue=${token}`)
  assert.equal(late.code, 410)
})
