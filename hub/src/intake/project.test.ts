import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AppReport, Receipt } from '@roadstead/proto'
import { project } from './project.ts'
import { appKey, nothingStored, type Stored, type StoredApp } from './rows.ts'
import { appReport, cluster, driftReport, receipt } from './testing.ts'

const stored: Stored = {
  ...nothingStored,
  clusters: new Map([
    [cluster('c1'), { environment: 'dev' as never, acceptedGeneration: 4, refusal: undefined }],
  ]),
  fleetApps: new Set(['web' as never]),
}
const from = (report: ReturnType<typeof appReport | typeof receipt | typeof driftReport>, name = 'c1') => ({
  cluster: cluster(name),
  report,
})
const types = (reports: ReturnType<typeof from>[], before = stored) =>
  project(reports, before).events.map(({ type }) => type)

describe('of several reports of an app', () => {
  test('the newest by boot and number wins, whatever the order', () => {
    const reports = [
      from(appReport({ boot: 2, seq: 1, phase: 'applied' })),
      from(appReport({ boot: 1, seq: 9, phase: 'failed' })),
      from(appReport({ boot: 2, seq: 2, phase: 'applying' })),
    ]
    for (const order of [reports, reports.toReversed()]) {
      const { apps, ignored } = project(order, stored)
      assert.deepEqual(
        apps.map(({ boot, seq, phase }) => ({ boot, seq, phase })),
        [{ boot: 2, seq: 2, phase: 'applying' }],
      )
      assert.equal(ignored.superseded, 2)
    }
  })

  test('one that is not newer than its row changes nothing and tells nothing', () => {
    const row: StoredApp = {
      boot: 2,
      seq: 2,
      phase: 'applying',
      health: 'Progressing',
      appliedGeneration: 0,
      healthyGeneration: 0,
      problemCount: 0,
    }
    const before = { ...stored, apps: new Map([[appKey('c1', 'web'), row]]) }
    const late = from(healthyAt(3, { boot: 2, seq: 2 }))
    assert.deepEqual(project([late], before).apps, [])
    assert.deepEqual(types([late], before), [])
  })
})

describe('what nobody knows', () => {
  test('is counted and leaves no row', () => {
    const { apps, ignored, events } = project(
      [from(appReport({}), 'elsewhere'), from(appReport({ app: 'other' }))],
      stored,
    )
    assert.deepEqual([apps, events], [[], []])
    assert.deepEqual(ignored, { 'unknown-cluster': 1, 'unknown-app': 1, superseded: 0 })
  })

  test('but an app that the fleet lost may still report its end', () => {
    const row = { boot: 1, seq: 1, phase: 'removing' } as StoredApp
    const before = { ...stored, fleetApps: new Set<never>(), apps: new Map([[appKey('c1', 'web'), row]]) }
    assert.deepEqual(types([from(appReport({ boot: 1, seq: 2, phase: 'removed' }))], before), ['app.removed'])
  })
})

describe('a transition', () => {
  test('that several reports of one batch went through is told once', () => {
    const reports = [
      from(appReport({ seq: 1, phase: 'applying' })),
      from(appReport({ seq: 2, phase: 'applied', applied: milestone(5) })),
      from(healthyAt(5, { seq: 3 })),
    ]
    assert.deepEqual(types(reports), ['app.applied', 'app.healthy'])
  })

  test('to failed quotes the first problem, with its object', () => {
    const object = { group: 'apps', kind: 'Deployment', namespace: 'shop', name: 'web' }
    const failed = appReport({
      phase: 'failed',
      problems: [{ object, code: 'admission-denied', message: 'no latest tags' }],
      problemCount: 1,
    })
    const [event] = project([from(failed)], stored).events
    assert.equal(
      event?.message,
      'web on c1 failed: apps/Deployment shop/web: no latest tags (admission-denied)',
    )
  })
})

describe('receipts', () => {
  test('the highest accepted generation counts, and an old one is no news', () => {
    const { acceptances, events } = project(
      [from(receipt({ generation: 6, seq: 1 })), from(receipt({ generation: 5, seq: 2 }))],
      stored,
    )
    assert.deepEqual(
      acceptances.map((row) => row.accepted_generation),
      [6],
    )
    assert.deepEqual(
      events.map(({ type }) => type),
      ['assignment.accepted'],
    )
    assert.deepEqual(project([from(receipt({ generation: 3 }))], stored).acceptances, [])
  })

  test('a refusal is told with its reason, and not again while it stays the same', () => {
    const refused: Partial<Receipt> = {
      accepted: false,
      generation: 9,
      problem: { code: 'bad-signature', message: 'not genuine' },
    }
    const [event] = project([from(receipt(refused))], stored).events
    assert.equal(event?.message, 'c1 refused generation 9: not genuine (bad-signature)')
    const before: Stored = {
      ...stored,
      clusters: new Map([
        [
          cluster('c1'),
          {
            environment: 'dev' as never,
            acceptedGeneration: 4,
            refusal: { boot: 1, seq: 1, generation: 9, code: 'bad-signature' },
          },
        ],
      ]),
    }
    assert.deepEqual(types([from(receipt({ ...refused, seq: 2 }))], before), [])
  })
})

describe('drift', () => {
  test('is told when it opens, when it ends and when it becomes a fight', () => {
    assert.deepEqual(types([from(driftReport({}))]), ['drift.opened'])
    assert.deepEqual(types([from(driftReport({ state: 'corrected', fight: true }))]), [
      'drift.corrected',
      'drift.fight',
    ])
  })

  test('keeps no time that is none', () => {
    const [row] = project([from(driftReport({ managerAt: 'yesterday' }))], stored).drifts
    assert.equal(row?.manager_at, null)
  })
})

function milestone(generation: number) {
  return { generation, at: '2026-01-01T00:00:00.000Z' }
}

function healthyAt(generation: number, rest: Partial<AppReport>): AppReport {
  return appReport({
    phase: 'applied',
    applied: milestone(generation),
    healthy: milestone(generation),
    health: { status: 'Healthy' },
    ...rest,
  })
}
