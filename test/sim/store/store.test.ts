import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubeObject } from './object.ts'
import { MAX_LOG_EVENTS, Store } from './store.ts'

const object = (name: string, value: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n' },
  data: { value },
})
const values = (objects: readonly KubeObject[]) => objects.map((one) => (one.data as { value: string }).value)

test('a list can be read as it was at an earlier revision', () => {
  const store = new Store()
  store.put('configmaps', object('a', '1'))
  const then = store.revision
  store.put('configmaps', object('a', '2'))
  store.put('configmaps', object('b', '3'))
  store.remove('configmaps', 'n/a')
  assert.deepEqual(values(store.list('configmaps')), ['3'])
  assert.deepEqual(values(store.listAt('configmaps', 'n', then)), ['1'])
})

test('changes since a revision come in order, until the history is forgotten', () => {
  const store = new Store()
  const start = store.revision
  store.put('configmaps', object('a', '1'))
  store.remove('configmaps', 'n/a')
  assert.deepEqual(
    store.since(start).map((event) => event.type),
    ['ADDED', 'DELETED'],
  )
  store.compact()
  assert.throws(() => store.since(start), { code: 410, reason: 'Expired' })
})

test('the history is bounded', () => {
  const store = new Store()
  for (let count = 0; count < MAX_LOG_EVENTS * 3; count++) store.put('configmaps', object('a', String(count)))
  assert.ok(store.since(store.revision - MAX_LOG_EVENTS + 1).length < MAX_LOG_EVENTS)
  assert.throws(() => store.since(1), { code: 410 })
})

test('a loaded state starts above every revision that may have been seen, and forgets the history', () => {
  const before = new Store()
  before.put('configmaps', object('a', '1'))
  const saved = before.save()
  before.put('configmaps', object('a', 'never saved'))
  const after = new Store()
  after.load(saved)
  assert.deepEqual(values(after.list('configmaps', 'n')), ['1'])
  assert.ok(after.revision > before.revision)
  assert.throws(() => after.since(before.revision), { code: 410 })
})

test('a revision that was never reached is refused', () => {
  const store = new Store()
  assert.throws(() => store.since(store.revision + 1), { code: 504 })
})
