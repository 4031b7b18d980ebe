import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppName, HealthStatus, KubernetesObject } from '@roadstead/proto'
import { newRecord } from '../inventory/record.ts'
import { configMap } from '../testing/objects.ts'
import { desire } from './desired.ts'
import { type StatusQuestion, statusOf } from './status.ts'

const app = 'web' as AppName
const scope = { cluster: { name: 'here', environment: 'dev', labels: {} }, vars: {} }

function question(statuses: readonly HealthStatus[], change: Partial<StatusQuestion> = {}): StatusQuestion {
  const objects = statuses.map((_, index) => configMap(`m${index}`)) as unknown as KubernetesObject[]
  const desired = desire(app, { objects }, scope, () => true)
  const record = newRecord(app)
  record.since = 4
  record.applied = { generation: 4, at: '2026-01-01T00:00:00.000Z' }
  const verdicts = new Map<string, HealthStatus>()
  for (const [index, { key, ref, apiVersion, hash }] of [...desired.objects.values()].entries()) {
    record.objects.set(key, { ref, apiVersion, uid: 'u', applied: hash })
    verdicts.set(key, statuses[index]!)
  }
  return {
    record,
    desired,
    phase: 'applied',
    problems: new Map(),
    retained: 0,
    verdictOf: (key) => ({ status: verdicts.get(key)!, reason: '', rule: 'test' }),
    drifted: 0,
    unhealthySinceMs: undefined,
    nowMs: 10_000,
    ...change,
  }
}

test('an app is as its worst object is', () => {
  const worst = (...statuses: HealthStatus[]) => statusOf(question(statuses)).facts.health.status
  assert.equal(worst('Healthy', 'Progressing', 'Healthy'), 'Progressing')
  assert.equal(worst('Missing', 'Degraded', 'Unknown'), 'Degraded')
  assert.equal(worst('Healthy', 'Unknown', 'Progressing'), 'Unknown')
})

test('an app settles when all of it is healthy, or suspended on purpose', () => {
  assert.equal(statusOf(question(['Healthy', 'Suspended'])).settled, true)
  for (const status of ['Progressing', 'Unknown', 'Missing', 'Degraded'] as const) {
    assert.equal(statusOf(question(['Healthy', status])).settled, false)
  }
})

test('an app that is not applied at its newest part is not settled, however healthy', () => {
  const older = question(['Healthy'])
  older.record.since = 5
  assert.equal(statusOf(older).settled, false)
  assert.equal(statusOf(question(['Healthy'], { phase: 'applying' })).settled, false)
})

test('what was never seen since the start is unknown, what was never created is missing', () => {
  const unseen = question(['Healthy'], { verdictOf: () => undefined })
  assert.equal(statusOf(unseen).facts.health.status, 'Unknown')
  for (const object of unseen.record.objects.values()) object.uid = ''
  assert.equal(statusOf(unseen).facts.health.status, 'Missing')
})

test('past its deadline an app that is still not healthy is degraded, with the object that holds it up', () => {
  const late = question(['Healthy', 'Progressing'], { unhealthySinceMs: 0, nowMs: 600_000 })
  const { facts } = statusOf(late)
  assert.equal(facts.health.status, 'Degraded')
  assert.equal(facts.problems[0]?.code, 'health-deadline')
  assert.match(facts.problems[0]?.message ?? '', /600 s.*ConfigMap default\/m1/)
  assert.equal(statusOf({ ...late, nowMs: 599_999 }).facts.health.status, 'Progressing')
})

test('problems beyond the limit of a report are counted', () => {
  const problems = new Map(
    Array.from({ length: 80 }, (_, index) => [
      `p${index}`,
      { code: 'object-invalid' as const, message: 'no' },
    ]),
  )
  const { facts } = statusOf(question(['Healthy'], { problems, phase: 'failed' }))
  assert.equal(facts.problems.length, 50)
  assert.equal(facts.problemCount, 80)
})
