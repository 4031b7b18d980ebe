import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtinSchema } from '../schema/builtin.ts'
import { strategicPatch } from './strategic.ts'

const POD_SPEC = builtinSchema('io.k8s.api.core.v1.PodSpec')
const live = {
  containers: [
    { name: 'web', image: 'web:1', env: [{ name: 'A', value: '1' }] },
    { name: 'side', image: 'side:1' },
  ],
  nodeSelector: { zone: 'a' },
}

test('containers are merged by name', () => {
  const patched = strategicPatch(POD_SPEC, live, { containers: [{ name: 'web', image: 'web:2' }] })
  const { containers } = patched as typeof live
  assert.deepEqual(containers[0], { name: 'web', image: 'web:2', env: [{ name: 'A', value: '1' }] })
  assert.equal(containers.length, 2)
})

test('$patch: delete removes an item, $patch: replace replaces a list or map', () => {
  const gone = strategicPatch(POD_SPEC, live, {
    containers: [{ name: 'side', $patch: 'delete' }],
  }) as typeof live
  assert.deepEqual(
    gone.containers.map((one) => one.name),
    ['web'],
  )
  const only = { containers: [{ $patch: 'replace' }, { name: 'new', image: 'n' }] }
  assert.deepEqual((strategicPatch(POD_SPEC, live, only) as typeof live).containers, [
    { name: 'new', image: 'n' },
  ])
})

test('$setElementOrder decides the order', () => {
  const order = { '$setElementOrder/containers': [{ name: 'side' }, { name: 'web' }] }
  const patched = strategicPatch(POD_SPEC, live, order) as typeof live
  assert.deepEqual(
    patched.containers.map((one) => one.name),
    ['side', 'web'],
  )
})

test('null removes a field', () => {
  assert.ok(!('nodeSelector' in (strategicPatch(POD_SPEC, live, { nodeSelector: null }) as object)))
})

test('$retainKeys drops the fields it does not name', () => {
  const strategy = builtinSchema('io.k8s.api.apps.v1.DeploymentStrategy')
  const patch = { $retainKeys: ['type'], type: 'Recreate' }
  const patched = strategicPatch(strategy, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } }, patch)
  assert.deepEqual(patched, { type: 'Recreate' })
})

test('values of primitive lists are deleted by name', () => {
  const meta = builtinSchema('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta')
  const patch = { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] }
  assert.deepEqual(strategicPatch(meta, { finalizers: ['a', 'b'] }, patch), { finalizers: ['c', 'b'] })
})
