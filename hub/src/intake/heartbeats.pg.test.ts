import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type AppReport, type Heartbeat, stateDigest } from '@roadstead/proto'
import { sql } from 'kysely'
import { type TestDatabase, testDatabase } from '../db/testing.ts'
import { hear, releaseOf, seedFleet } from '../readmodel/testing.ts'
import { createDoubts } from './doubts.ts'
import { limits } from './limits.ts'
import { stillDoubtful, writeHeartbeats } from './pulse.ts'
import { takeBatch } from './store.ts'
import { sweepHistory, sweepSilence } from './sweep.ts'
import { appReport, cluster, driftReport, receipt } from './testing.ts'

const c1 = cluster('c1')
const now = Date.parse('2026-01-01T12:00:00.000Z')
const reached = { generation: 1, at: '2026-01-01T00:00:00.000Z' }

async function fleet(): Promise<TestDatabase> {
  const db = await testDatabase()
  await seedFleet(db.database, {
    clusters: { c1: { environment: 'dev', apps: ['web'] }, c2: { environment: 'dev', apps: ['web'] } },
  })
  return db
}

const app: AppReport = appReport({
  phase: 'applied',
  release: releaseOf('web', 'dev'),
  accepted: reached,
  applied: reached,
  health: { status: 'Progressing' },
})

/** As an agent computes it from the reports it would send. */
const digestOf = (reports: readonly AppReport[]) =>
  stateDigest(
    reports.map((report) => ({
      app: report.app,
      phase: report.phase,
      release: report.release,
      accepted: report.accepted?.generation,
      applied: report.applied?.generation,
      healthy: report.healthy?.generation,
      health: report.health.status,
      drifted: report.objects.drifted,
    })),
  )

const heartbeat = (reports: readonly AppReport[], part: Partial<Heartbeat> = {}): Heartbeat => ({
  boot: 1,
  at: '2026-01-01T00:00:00.000Z',
  generation: 1,
  stateDigest: digestOf(reports),
  agentVersion: '1.2.3',
  kubernetesVersion: 'v1.34.0',
  counts: { apps: reports.length, objects: 3, drifted: 0, unsent: 0 },
  ...part,
})

const hearing = (db: TestDatabase, beat: Heartbeat, heardAtMs = now, name = c1) =>
  writeHeartbeats(db.database, [{ cluster: name, heartbeat: beat, heardAtMs }])

const take = (db: TestDatabase, ...reports: Parameters<typeof takeBatch>[1][number]['report'][]) =>
  takeBatch(
    db.database,
    reports.map((report) => ({ cluster: c1, report })),
  )

const events = async (db: TestDatabase) =>
  (await sql<{ type: string }>`select type from events order by xid, id`.execute(db.database)).rows.map(
    ({ type }) => type,
  )

describe('a heartbeat', () => {
  test('says when a cluster was heard, and by what agent', async () => {
    await using db = await fleet()
    await hearing(db, heartbeat([]))
    await hearing(db, heartbeat([], { agentVersion: '1.2.2' }), now - 60_000)
    const row = await db.database.selectFrom('cluster_status').selectAll().executeTakeFirstOrThrow()
    assert.equal(row.last_seen_at?.getTime(), now, 'a late one does not turn the clock back')
    assert.equal(row.kubernetes_version, 'v1.34.0')
  })

  test('of an unknown cluster is counted, and no more', async () => {
    await using db = await fleet()
    const { unknown } = await hearing(db, heartbeat([]), now, cluster('nowhere'))
    assert.equal(unknown, 1)
  })

  test('with the digest of the rows raises no doubt, and is not compared again until they change', async () => {
    await using db = await fleet()
    await take(db, receipt({}), app)
    const digest = async () =>
      (await db.database.selectFrom('cluster_status').select('state_digest').executeTakeFirst())?.state_digest
    assert.deepEqual((await hearing(db, heartbeat([app]))).doubtful, [])
    assert.equal(await digest(), digestOf([app]))
    await take(db, { ...app, seq: 2, health: { status: 'Degraded' } })
    assert.equal(await digest(), null)
  })

  test('with another digest raises a doubt that lasts while the rows stay as they are', async () => {
    await using db = await fleet()
    await take(db, receipt({}), app)
    const lost = { ...app, seq: 2, health: { status: 'Healthy' as const }, healthy: reached }
    const { doubtful } = await hearing(db, heartbeat([lost]))
    assert.deepEqual(
      doubtful.map(({ cluster: name, kind }) => [name, kind]),
      [['c1', 'report']],
    )
    assert.equal((await stillDoubtful(db.database, doubtful)).length, 1)
    await take(db, lost)
    assert.deepEqual(await stillDoubtful(db.database, doubtful), [])
    assert.deepEqual((await hearing(db, heartbeat([lost]))).doubtful, [])
  })

  test('of an agent that still has reports to send raises none', async () => {
    await using db = await fleet()
    const { doubtful } = await hearing(
      db,
      heartbeat([app], { counts: { apps: 1, objects: 1, drifted: 0, unsent: 3 } }),
    )
    assert.deepEqual(doubtful, [])
  })

  test('with an older generation than was offered makes the hub ask to fetch, unless that one was refused', async () => {
    await using db = await fleet()
    await sql`update assignments set generation = 7`.execute(db.database)
    await take(db, receipt({}))
    const { doubtful } = await hearing(db, heartbeat([]))
    assert.deepEqual(doubtful, [{ cluster: 'c1', kind: 'fetch', generation: 7 }])
    await take(db, receipt({ seq: 2, generation: 7, accepted: false }))
    assert.deepEqual(await stillDoubtful(db.database, doubtful), [])
    assert.deepEqual((await hearing(db, heartbeat([]))).doubtful, [])
  })
})

describe('silence', () => {
  test('is told once when it begins and once when it ends, however many replicas sweep', async () => {
    await using db = await fleet()
    await hear(db.database, 'c1', new Date(now - 100_000))
    await hear(db.database, 'c2', new Date(now))
    const cutoff = new Date(now - 70_000)
    const sweeps = await Promise.all([1, 2, 3].map(() => sweepSilence(db.database, cutoff)))
    assert.equal(
      sweeps.reduce((sum, each) => sum + each),
      1,
    )
    assert.equal(await sweepSilence(db.database, cutoff), 0)
    assert.deepEqual(await events(db), ['cluster.silent'])
    await Promise.all([hearing(db, heartbeat([])), hearing(db, heartbeat([]))])
    assert.deepEqual(await events(db), ['cluster.silent', 'cluster.returned'])
  })

  test('of a cluster that was never heard is no news', async () => {
    await using db = await fleet()
    await take(db, receipt({}))
    assert.equal(await sweepSilence(db.database, new Date(now)), 0)
  })
})

test('all history is forgotten in its time, however much it is; open drift is not', async () => {
  await using db = await fleet()
  const corrected = ['01Z', '02Z', '03Z'].map((second, index) =>
    driftReport({ seq: 2 + index, detectedAt: reached.at.replace('00Z', second), state: 'corrected' }),
  )
  await take(db, driftReport({}), ...corrected)
  await sweepHistory(db.database, new Date(Date.now() - limits.retentionMs))
  assert.equal((await events(db)).length, 4)
  const rowsAtOnce = 1
  await sweepHistory(db.database, new Date(Date.now() + 60_000), rowsAtOnce)
  assert.deepEqual(await events(db), [])
  const left = await db.database.selectFrom('drift').select('state').execute()
  assert.deepEqual(left, [{ state: 'open' }])
})

test('an agent is asked after a delay, a few at a time, and then left alone', () => {
  let time = 0
  const doubts = createDoubts({ now: () => time }, () => 0)
  const doubt = (name: string) => ({ cluster: cluster(name), kind: 'fetch', generation: 1 }) as const
  for (let n = 0; n < limits.asksPerLook + 1; n++) doubts.add(doubt(`c${n}`))
  assert.deepEqual(doubts.due(), [])
  time += limits.doubtDelayMs
  const first = doubts.due()
  assert.equal(first.length, limits.asksPerLook)
  for (const { cluster: name } of first) doubts.asked(name)
  assert.equal(doubts.due().length, 1)
  doubts.add(doubt('c0'))
  time += limits.doubtDelayMs
  assert.deepEqual(doubts.due(), [], 'c0 was asked just now')
  time += limits.askIntervalMs
  doubts.add(doubt('c0'))
  time += limits.doubtDelayMs
  assert.deepEqual(doubts.due(), [doubt('c0')])
})
