import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { LabelSelector } from '../source/index.ts'
import { matches } from './selector.ts'

const labels = { tier: 'edge', region: 'eu' }
const one = (
  key: string,
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist',
  values?: string[],
): LabelSelector => ({ matchExpressions: [{ key, operator, ...(values && { values }) }] })

test('a selector that says nothing matches every cluster', () => {
  assert.ok(matches({}, {}))
  assert.ok(matches({ matchLabels: {}, matchExpressions: [] }, labels))
})

test('labels and expressions must all hold', () => {
  assert.ok(matches({ matchLabels: { tier: 'edge', region: 'eu' } }, labels))
  assert.ok(!matches({ matchLabels: { tier: 'edge', region: 'us' } }, labels))
  assert.ok(!matches({ matchLabels: { tier: 'edge' }, ...one('region', 'In', ['us']) }, labels))
})

test('operators mean what they mean in Kubernetes', () => {
  assert.ok(matches(one('tier', 'In', ['core', 'edge']), labels))
  assert.ok(!matches(one('zone', 'In', ['a']), labels))
  assert.ok(!matches(one('tier', 'NotIn', ['edge']), labels))
  assert.ok(matches(one('zone', 'NotIn', ['a']), labels))
  assert.ok(matches(one('tier', 'Exists'), labels) && !matches(one('zone', 'Exists'), labels))
  assert.ok(matches(one('zone', 'DoesNotExist'), labels) && !matches(one('tier', 'DoesNotExist'), labels))
})

test('what every object has is not a label', () => {
  assert.ok(!matches(one('constructor', 'Exists'), labels))
  assert.ok(matches(one('toString', 'DoesNotExist'), labels))
})
