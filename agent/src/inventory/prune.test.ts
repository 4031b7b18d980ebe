import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { refKey } from '../kube/index.ts'
import { decidePrune, deletionBudget, type PruneQuestion } from './prune.ts'
import type { OwnedObject } from './record.ts'

const owned = (name: string, kind = 'ConfigMap', group = ''): readonly [string, OwnedObject] => {
  const ref = { group, kind, namespace: 'default', name }
  return [refKey(ref), { ref, apiVersion: 'v1', uid: `uid-${name}`, applied: 'x' }]
}
const keyOf = (name: string) => owned(name)[0]
const policy = { drift: {}, prune: {}, health: {} }
const ask = (change: Partial<PruneQuestion>) =>
  decidePrune({ owned: [], desired: new Set(), claimed: new Set(), policy, approvedObjects: 0, ...change })
const names = (count: number) => Array.from({ length: count }, (_, index) => owned(`n${index}`))

test('what is desired stays, what is not goes, the last applied first', () => {
  const plan = ask({ owned: names(4), desired: new Set([keyOf('n0')]) })
  assert.deepEqual(
    plan.doomed.map(({ ref }) => ref.name),
    ['n3', 'n2', 'n1'],
  )
})

test('the budget is the larger of ten objects and a quarter of the app', () => {
  assert.equal(deletionBudget(policy, 8), 10)
  assert.equal(deletionBudget(policy, 100), 25)
  assert.equal(deletionBudget({ ...policy, prune: { budget: { objects: 0, percent: 0 } } }, 100), 0)
})

test('above the budget nothing is deleted at all', () => {
  const plan = ask({ owned: names(11) })
  assert.deepEqual(plan.doomed, [])
  assert.deepEqual(plan.refusal, { wanted: 11, allowed: 10 })
  assert.equal(plan.retained.length, 11)
})

test('an approval raises the budget to what it names', () => {
  assert.equal(ask({ owned: names(11), approvedObjects: 11 }).doomed.length, 11)
  assert.equal(ask({ owned: names(12), approvedObjects: 11 }).doomed.length, 0)
})

test('what is protected counts towards no budget', () => {
  const definitions = Array.from({ length: 20 }, (_, index) =>
    owned(`d${index}`, 'CustomResourceDefinition', 'apiextensions.k8s.io'),
  )
  const plan = ask({ owned: [...definitions, ...names(10)] })
  assert.equal(plan.doomed.length, 10)
  assert.equal(
    plan.retained.every(({ why }) => why === 'protected-kind'),
    true,
  )
})

test('what another app claims is handed over, even above the budget', () => {
  const plan = ask({ owned: names(30), claimed: new Set(names(30).map(([key]) => key)) })
  assert.equal(plan.released.length, 30)
  assert.deepEqual(plan.doomed, [])
})

test('an app that does not prune deletes nothing', () => {
  const plan = ask({ owned: names(3), policy: { ...policy, prune: { enabled: false } } })
  assert.deepEqual(plan.doomed, [])
  assert.equal(plan.retained.length, 3)
})

test('whatever is asked, nothing desired or claimed is deleted, and never more than allowed', () => {
  const sets = fc.record({
    count: fc.nat(60),
    desired: fc.array(fc.nat(60)),
    claimed: fc.array(fc.nat(60)),
    approvedObjects: fc.nat(60),
  })
  fc.assert(
    fc.property(sets, ({ count, desired, claimed, approvedObjects }) => {
      const question = {
        owned: names(count),
        desired: new Set(desired.map((index) => keyOf(`n${index}`))),
        claimed: new Set(claimed.map((index) => keyOf(`n${index}`))),
        approvedObjects,
      }
      const plan = ask(question)
      for (const { ref } of plan.doomed) {
        assert.equal(question.desired.has(refKey(ref)) || question.claimed.has(refKey(ref)), false)
      }
      assert.ok(plan.doomed.length <= Math.max(approvedObjects, deletionBudget(policy, count)))
      const kept = question.owned.filter(([key]) => question.desired.has(key)).length
      assert.equal(plan.doomed.length + plan.released.length + plan.retained.length + kept, count)
    }),
  )
})
