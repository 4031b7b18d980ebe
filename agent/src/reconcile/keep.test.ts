import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KubernetesObject } from '@roadstead/proto'
import type { LiveObject } from '../kube/index.ts'
import { deployment } from '../testing/objects.ts'
import { keepIgnored } from './keep.ts'

const wanted = deployment('web') as unknown as KubernetesObject
const live = (replicas: number, image: string) =>
  ({
    ...deployment('web', image, replicas),
    metadata: {
      name: 'web',
      namespace: 'default',
      managedFields: [
        { manager: 'autoscaler', operation: 'Update', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
      ],
    },
  }) as unknown as LiveObject

const spec = (object: KubernetesObject) =>
  object.spec as { replicas: number; template: { spec: { containers: { image: string }[] } } }

test('fields that a named manager owns keep their live value', () => {
  const kept = keepIgnored(wanted, live(9, 'live:1'), [{ managers: ['autoscaler'] }])
  assert.equal(spec(kept).replicas, 9)
  assert.equal(spec(kept).template.spec.containers[0]?.image, 'nginx:1.27')
})

test('pointers keep the live value, through lists by the item’s name', () => {
  const kept = keepIgnored(wanted, live(9, 'live:1'), [
    { pointers: ['/spec/template/spec/containers/*/image'] },
  ])
  assert.equal(spec(kept).template.spec.containers[0]?.image, 'live:1')
  assert.equal(spec(kept).replicas, 2)
})

test('what only one side has is left as it is desired', () => {
  const kept = keepIgnored(wanted, live(9, 'live:1'), [{ pointers: ['/spec/paused', '/metadata/labels'] }])
  assert.deepEqual(kept, wanted)
})
