import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '@roadstead/proto'
import { until } from '@roadstead/test/harness'
import { sql } from 'kysely'
import { testDatabase } from '../db/testing.ts'
import { takeBatch } from '../intake/store.ts'
import { appReport, cluster, receipt } from '../intake/testing.ts'
import { readFleetHealth } from './index.ts'
import { commitOf, hear, releaseOf, seedFleet } from './testing.ts'

// Once the new commit was shown as in force beside the health that the clusters had at the one before it.
test('the fleet’s health is of one moment, whatever is committed while it is read', async () => {
  await using db = await testDatabase()
  const { database } = db
  await seedFleet(database, { clusters: { c1: { environment: 'dev', apps: ['web'] } } })
  await hear(database, 'c1')
  const one = { generation: 1, at: '2026-01-01T00:00:01.000Z' }
  const reached = { phase: 'applied', accepted: one, applied: one, healthy: one } as const
  const release = releaseOf('web', 'dev')
  const reports = [
    receipt({ generation: 1 }),
    appReport({ ...reached, release, health: { status: 'Healthy' } }),
  ]
  await takeBatch(
    database,
    reports.map((report) => ({ cluster: cluster('c1'), report })),
  )
  assert.equal((await readFleetHealth(database, systemClock)).clusters.healthy, 1)

  const reading = await database.transaction().execute(async (transaction) => {
    await sql`lock table fleet in access exclusive mode`.execute(transaction)
    const read = readFleetHealth(database, systemClock)
    read.catch(() => {})
    await until(async () => {
      const { rows } = await sql`select pid from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`.execute(database)
      return rows.length > 0
    })
    await sql`insert into commits (id, author_name, author_email, message, authored_at, status)
      values (${commitOf('v2')}, 'Ada', 'ada@example.org', 'v2', now(), 'in-force')`.execute(transaction)
    await sql`update fleet set head = ${commitOf('v2')}, in_force = ${commitOf('v2')}`.execute(transaction)
    await sql`update assignments set generation = 2`.execute(transaction)
    return { read }
  })
  const { commit, clusters } = await reading.read
  assert.deepEqual([commit.inForce, clusters.healthy], [commitOf('v1'), 1])
  const after = await readFleetHealth(database, systemClock)
  assert.deepEqual([after.commit.inForce, after.clusters.progressing], [commitOf('v2'), 1])
})
