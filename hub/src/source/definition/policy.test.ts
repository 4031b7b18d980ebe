import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyDefaults } from '@roadstead/proto'
import { mergePolicy } from './policy.ts'

test('the app speaks before the fleet, the fleet before the built-in defaults, member by member', () => {
  const policy = mergePolicy(
    { prune: { budget: { objects: 0 } }, drift: { policy: 'report' } },
    { prune: { namespaces: true, budget: { objects: 5, percent: 50 } }, health: { deadlineSeconds: 60 } },
  )
  assert.deepEqual(policy, {
    drift: { policy: 'report' },
    prune: {
      enabled: true,
      customResourceDefinitions: false,
      namespaces: true,
      budget: { objects: 0, percent: 50 },
    },
    health: { deadlineSeconds: 60 },
  })
  assert.deepEqual(mergePolicy({}), policyDefaults)
})

test('what the fleet ignores is also ignored where an app has rules of its own', () => {
  const policy = mergePolicy(
    { drift: { ignore: [{ pointers: ['/spec/replicas'] }] } },
    { drift: { ignore: [{ managers: ['injector'] }] } },
  )
  assert.deepEqual(policy.drift.ignore, [{ managers: ['injector'] }, { pointers: ['/spec/replicas'] }])
})

test('an app’s health rules are asked before the fleet’s', () => {
  const rule = (name: string) => ({ name, groups: ['example.dev'], silent: 'Healthy' as const })
  const policy = mergePolicy({ health: { rules: [rule('app')] } }, { health: { rules: [rule('fleet')] } })
  assert.deepEqual(
    policy.health.rules?.map(({ name }) => name),
    ['app', 'fleet'],
  )
})
