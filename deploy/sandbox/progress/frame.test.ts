import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FleetHealth } from '@roadstead/hub/readmodel'
import { frame, type Step } from './frame.ts'

const steps: Step[] = [
  { name: 'PostgreSQL', state: 'done', note: '', ms: 900 },
  { name: 'agents', state: 'working', note: '3 of 12', ms: 12_345 },
  { name: 'hub', state: 'failed', note: '', ms: 50 },
  { name: 'sample fleet', state: 'waiting', note: '', ms: 0 },
]

function healthOf(...environments: [name: string, total: number, healthy: number, current: number][]) {
  return {
    environments: environments.map(([name, total, healthy, current]) => ({
      name,
      current,
      clusters: { total, healthy },
    })),
  } as unknown as FleetHealth
}

test('steps stand in columns, with the time of those that have begun', () => {
  assert.deepEqual(frame(steps, undefined, 80), [
    '✓ PostgreSQL      0.9 s',
    '… agents         12.3 s  3 of 12',
    '✗ hub             0.1 s',
    '· sample fleet',
  ])
})

test('an environment is full when every cluster is healthy and current, and not before', () => {
  const lines = frame([], healthOf(['dev', 2, 2, 2], ['staging', 3, 3, 2], ['prod', 0, 0, 0]), 80)
  assert.deepEqual(lines, [
    `  dev      ${'█'.repeat(24)}  2 of 2 clusters healthy`,
    `  staging  ${'█'.repeat(16)}${'░'.repeat(8)}  2 of 3 clusters healthy`,
    `  prod     ${'░'.repeat(24)}  0 of 0 clusters healthy`,
  ])
})

test('no line is as wide as the terminal, which would wrap it', () => {
  const [line = ''] = frame([{ name: 'hub', state: 'done', note: 'x'.repeat(200), ms: 1 }], undefined, 40)
  assert.equal(line.length, 39)
})
