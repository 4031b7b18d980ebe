import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppName } from '@roadstead/proto'
import { refKey } from '../kube/index.ts'
import { inventoryObject, recordOf } from './configmap.ts'
import { newRecord, readRecord, writeRecord } from './record.ts'

function filled(count: number) {
  const record = newRecord('web' as AppName)
  record.since = 7
  record.content = 'abc'
  record.applied = { generation: 7, at: '2026-01-01T00:00:00.000Z' }
  for (let index = 0; index < count; index += 1) {
    const ref = { group: 'apps', kind: 'Deployment', namespace: 'default', name: `web-${index}` }
    const uid = `00000000-0000-0000-0000-${String(index).padStart(12, '0')}`
    record.objects.set(refKey(ref), { ref, apiVersion: 'apps/v1', uid, applied: 'hash', baseline: '{}' })
  }
  return record
}

test('a record is read as it was written', () => {
  assert.deepEqual(readRecord(writeRecord(filled(3))), filled(3))
})

test('the copy in the cluster knows the objects and forgets what they were applied as', () => {
  const copy = recordOf(inventoryObject(filled(2), 'roadstead-system'))
  assert.deepEqual([...copy.objects.keys()], [...filled(2).objects.keys()])
  const [first] = copy.objects.values()
  assert.equal(first?.uid, '00000000-0000-0000-0000-000000000000')
  assert.equal(first?.applied, '')
  assert.equal(copy.content, '')
})

test('ten thousand objects fit into a ConfigMap', () => {
  const object = inventoryObject(filled(10_000), 'roadstead-system')
  assert.ok(JSON.stringify(object).length < 1_000_000)
  assert.equal(recordOf(object).objects.size, 10_000)
})

test('a damaged record is refused', () => {
  assert.throws(() => readRecord('{"app":"web"'), { code: 'undecodable' })
  assert.throws(() => readRecord('{"app":"../etc","objects":[]}'), { code: 'undecodable' })
})

test('an object in doubt is read as never applied', () => {
  const doubtful = new Set(['apps/Deployment/default/web-1'])
  const record = readRecord(writeRecord(filled(2), { doubtful }))
  assert.deepEqual(
    [...record.objects.values()].map(({ applied, baseline }) => [applied, baseline]),
    [
      ['hash', '{}'],
      ['', undefined],
    ],
  )
})
