import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import type { AppReport } from '@roadstead/proto'
import { systemClock } from '@roadstead/proto'
import { sql } from 'kysely'
import { type TestDatabase, testDatabase } from '../db/testing.ts'
import { takeBatch } from '../intake/store.ts'
import { appReport, cluster, driftReport, receipt } from '../intake/testing.ts'
import { listClusters, listDrift, listPlacements, readApp, readCluster, readFleetHealth } from './index.ts'
import { commitOf, hear, releaseOf, seedFleet } from './testing.ts'

const time = '2026-01-01T00:00:01.000Z'
const reached = (generation: number) => ({ generation, at: time })

/** An app that is applied and healthy at a generation, with the release of a version. */
function healthy(generation: number, version: string, part: Partial<AppReport> = {}): AppReport {
  return appReport({
    phase: 'applied',
    release: releaseOf('web', 'dev', version),
    accepted: reached(generation),
    applied: reached(generation),
    healthy: reached(generation),
    health: { status: 'Healthy' },
    ...part,
  })
}

const fleet = { clusters: { c1: { environment: 'dev', apps: ['web'] } } }

/** A fleet whose one cluster is heard, at generation 2 with version v2 wanted since then. */
async function fleetAtTwo() {
  const db = await testDatabase()
  await seedFleet(db.database, fleet)
  await seedFleet(db.database, { ...fleet, generation: 2, version: 'v2' })
  await hear(db.database, 'c1')
  const take = (...reports: Parameters<typeof takeBatch>[1][number]['report'][]) =>
    takeBatch(
      db.database,
      reports.map((report) => ({ cluster: cluster('c1'), report })),
    )
  const status = async () => {
    const { items } = await listPlacements(db.database, { app: 'web' }, { limit: 10 })
    return items[0]?.status
  }
  return { ...db, take, status }
}

describe('an app on a cluster', () => {
  let seq = 0
  let db: Awaited<ReturnType<typeof fleetAtTwo>>
  before(async () => {
    db = await fleetAtTwo()
  })
  const cases: readonly [string, Partial<AppReport>][] = [
    ['pending', healthy(1, 'v1')],
    // Healthy, but at what was wanted before: a generation alone proves nothing.
    ['pending', healthy(5, 'v1')],
    ['pending', healthy(1, 'v2')],
    ['progressing', healthy(2, 'v2', { phase: 'applying', applied: reached(1), healthy: reached(1) })],
    ['progressing', healthy(2, 'v2', { healthy: reached(1), health: { status: 'Progressing' } })],
    ['progressing', healthy(2, 'v2', { health: { status: 'Unknown' } })],
    ['failed', healthy(2, 'v2', { phase: 'failed', applied: reached(1), healthy: reached(1) })],
    ['degraded', healthy(2, 'v2', { healthy: reached(1), health: { status: 'Degraded' } })],
    ['progressing', healthy(2, 'v2', { health: { status: 'Missing' } })],
    ['healthy', healthy(2, 'v2', { health: { status: 'Suspended' } })],
    ['healthy', healthy(2, 'v2')],
    ['healthy', healthy(3, 'v2')],
  ]
  for (const [expected, report] of cases) {
    const says = `${report.phase} ${report.health?.status}, applied at ${report.applied?.generation}, healthy at ${report.healthy?.generation}`
    const which = report.release === releaseOf('web', 'dev', 'v2') ? 'the wanted release' : 'an older release'
    test(`is ${expected} when it reports ${which} ${says}`, async () => {
      await db.take({ ...(report as AppReport), seq: ++seq })
      assert.equal(await db.status(), expected)
    })
  }

  test('is silent when its cluster is, whatever it said last', async () => {
    await db.take(healthy(2, 'v2', { seq: ++seq }))
    await sql`update cluster_status set silent = true`.execute(db.database)
    assert.equal(await db.status(), 'silent')
    await sql`update cluster_status set silent = false`.execute(db.database)
  })

  test('is removing while it is there and no longer wanted, and then gone', async () => {
    await db.take(healthy(2, 'v2', { seq: ++seq }))
    await sql`delete from placements`.execute(db.database)
    assert.equal(await db.status(), 'removing')
    await db.take(appReport({ seq: ++seq, phase: 'removed' }))
    assert.equal(await db.status(), undefined)
    await db[Symbol.asyncDispose]()
  })
})

test('offered, accepted, applied and healthy are four facts, each with its generation', async () => {
  await using db = await fleetAtTwo()
  await db.take(healthy(1, 'v1'))
  const at = (generation: number, current: boolean) => ({ generation, at: time, current })
  const read = async () => (await readCluster(db.database, 'c1'))?.placements[0]
  const old = await read()
  assert.deepEqual(old?.milestones.offered?.generation, 2)
  assert.deepEqual(
    [old?.milestones.accepted, old?.milestones.applied, old?.milestones.healthy],
    [at(1, false), at(1, false), at(1, false)],
  )
  await db.take(receipt({ seq: 2, generation: 2, at: time }))
  assert.deepEqual((await read())?.milestones.accepted, at(2, true))
  await db.take(healthy(2, 'v2', { seq: 3, healthy: reached(1), health: { status: 'Progressing' } }))
  const { milestones } = (await read())!
  assert.deepEqual([milestones.applied, milestones.healthy], [at(2, true), at(1, false)])
})

describe('a cluster', () => {
  const statusOf = async (db: TestDatabase) =>
    (await listClusters(db.database, {}, { limit: 10 })).items[0]?.status

  test('that was never heard is pending', async () => {
    await using db = await testDatabase()
    await seedFleet(db.database, fleet)
    assert.equal(await statusOf(db), 'pending')
  })

  test('is not healthy before it accepted its newest assignment', async () => {
    await using db = await fleetAtTwo()
    await db.take(healthy(2, 'v2'))
    assert.equal(await statusOf(db), 'progressing')
    await db.take(receipt({ generation: 2 }))
    assert.equal(await statusOf(db), 'healthy')
  })

  test('failed when it refused that one, until it accepts it', async () => {
    await using db = await fleetAtTwo()
    const problem = { code: 'unknown-key', message: 'who is that?' } as const
    await db.take(receipt({ generation: 2, accepted: false, problem }))
    assert.equal(await statusOf(db), 'failed')
    assert.deepEqual((await readCluster(db.database, 'c1'))?.refusal, { generation: 2, problem })
    await db.take(receipt({ generation: 2, seq: 2 }), healthy(2, 'v2'))
    assert.equal(await statusOf(db), 'healthy')
    assert.equal((await readCluster(db.database, 'c1'))?.refusal, null)
  })

  test('does not fail for refusing a generation that nobody gave it', async () => {
    await using db = await fleetAtTwo()
    const forged = receipt({ generation: 999, seq: 9, accepted: false })
    await db.take(receipt({ generation: 2 }), healthy(2, 'v2'), forged)
    assert.equal(await statusOf(db), 'healthy')
  })

  test('is silent before it is anything else', async () => {
    await using db = await fleetAtTwo()
    await db.take(receipt({ generation: 2 }), healthy(2, 'v2', { phase: 'failed' }))
    await sql`update cluster_status set silent = true`.execute(db.database)
    assert.equal(await statusOf(db), 'silent')
    const health = await readFleetHealth(db.database, systemClock)
    assert.deepEqual(
      [health.clusters.silent, health.clusters.failed, health.apps.silent, health.apps.failed],
      [1, 0, 1, 0],
    )
  })
})

test('the fleet adds up, per environment and in all, without retired clusters', async () => {
  await using db = await testDatabase()
  await seedFleet(db.database, {
    clusters: {
      d1: { environment: 'dev', apps: ['web', 'api'] },
      d2: { environment: 'dev', apps: ['web'] },
      p1: { environment: 'prod', apps: ['web'] },
      gone: { environment: 'prod', apps: ['web'] },
    },
    held: {
      api: [{ code: 'invalid-yaml', message: 'bad indentation', file: 'apps/api/base/x.yaml', line: 3 }],
    },
  })
  await sql`update clusters set retired_at = now() where name = 'gone'`.execute(db.database)
  await hear(db.database, 'd1')
  const ok = { ...healthy(1, 'v1') }
  await takeBatch(db.database, [
    { cluster: cluster('d1'), report: receipt({ generation: 1 }) },
    { cluster: cluster('d1'), report: ok },
    {
      cluster: cluster('d1'),
      report: { ...ok, app: 'api' as never, release: releaseOf('api', 'dev'), phase: 'failed' },
    },
  ])
  const health = await readFleetHealth(db.database, systemClock)
  assert.deepEqual(health.commit, { inForce: commitOf('v1'), head: commitOf('v1'), headStatus: 'in-force' })
  const of = (counts: object) => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
  assert.deepEqual(of(health.clusters), { total: 3, failed: 1, pending: 2 })
  assert.deepEqual(of(health.apps), { total: 4, healthy: 1, failed: 1, pending: 2 })
  assert.deepEqual(
    health.environments.map(({ name, clusters, heldApps, current }) => [
      name,
      of(clusters),
      heldApps,
      current,
    ]),
    [
      ['dev', { total: 2, failed: 1, pending: 1 }, 1, 1],
      ['prod', { total: 1, pending: 1 }, 1, 0],
    ],
  )
  const app = await readApp(db.database, 'api', {}, { limit: 10 })
  assert.equal(app?.environments[0]?.problems[0]?.line, 3)
  assert.equal(app?.status, 'failed')
})

describe('an open drift', () => {
  const open = async (db: TestDatabase) => {
    const { items } = await listDrift(db.database, { state: 'open' }, { limit: 10 })
    return { listed: items.length, counted: (await readFleetHealth(db.database, systemClock)).drift.open }
  }

  test('is over when the app later says that nothing drifts, though its end was lost', async () => {
    await using db = await fleetAtTwo()
    await db.take(driftReport({ seq: 5 }))
    assert.deepEqual(await open(db), { listed: 1, counted: 1 })
    await db.take(healthy(2, 'v2', { seq: 4 }))
    assert.deepEqual(await open(db), { listed: 1, counted: 1 }, 'what was said before it does not count')
    await db.take(healthy(2, 'v2', { seq: 6 }))
    assert.deepEqual(await open(db), { listed: 0, counted: 0 })
    const { items } = await listDrift(db.database, {}, { limit: 10 })
    assert.deepEqual([items[0]?.state, items[0]?.endedAt], ['resolved', null])
  })

  test('gives way to a later one of the same object', async () => {
    await using db = await fleetAtTwo()
    await db.take(driftReport({ seq: 5 }), driftReport({ seq: 6, detectedAt: '2026-01-02T00:00:00.000Z' }))
    assert.deepEqual(await open(db), { listed: 1, counted: 1 })
  })
})

test('filters of clusters', async () => {
  await using db = await testDatabase()
  await seedFleet(db.database, {
    clusters: {
      a: { environment: 'dev', apps: ['web'], labels: { tier: 'edge', region: 'eu' } },
      b: { environment: 'dev', apps: ['api'], labels: { tier: 'core', region: 'us' } },
      c: { environment: 'prod', apps: ['web'], labels: { region: 'eu' } },
    },
  })
  await hear(db.database, 'b')
  const names = async (filters: Parameters<typeof listClusters>[1]) =>
    (await listClusters(db.database, filters, { limit: 10 })).items.map(({ name }) => name).join('')
  const labels = async (text: string) => {
    const { parseLabelSelector } = await import('./index.ts')
    return names({ labels: parseLabelSelector(text) })
  }
  assert.equal(await names({ environment: 'dev' }), 'ab')
  assert.equal(await names({ app: 'web' }), 'ac')
  assert.equal(await names({ status: 'progressing' }), 'b')
  assert.equal(await labels('tier=edge'), 'a')
  assert.equal(await labels('tier!=edge'), 'bc')
  assert.equal(await labels('region in (eu, us),tier'), 'ab')
  assert.equal(await labels('!tier'), 'c')
  assert.equal(await labels('tier notin (core)'), 'ac')
})
