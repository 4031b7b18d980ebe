import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Report } from '@roadstead/proto'
import { until } from '@roadstead/test/harness'
import fc from 'fast-check'
import { sql } from 'kysely'
import type { Database } from '../db/index.ts'
import { testDatabase } from '../db/testing.ts'
import { releaseOf, seedFleet } from '../readmodel/testing.ts'
import type { Received } from './received.ts'
import { lockClusters } from './status.ts'
import { takeBatch } from './store.ts'
import { appReport, cluster, driftReport, receipt } from './testing.ts'

const fleet = {
  clusters: {
    c1: { environment: 'dev', apps: ['web', 'api'] },
    c2: { environment: 'dev', apps: ['web'] },
  },
}

/** What intake wrote, without the times of writing and the numbers of rows. */
async function tables(database: Database) {
  const { rows } = await sql<{ all: unknown }>`select jsonb_build_object(
    'apps', (select jsonb_agg(to_jsonb(a) - 'received_at' order by cluster, app) from app_status a),
    'clusters', (select jsonb_agg(to_jsonb(s) order by cluster) from cluster_status s),
    'drift', (select jsonb_agg(to_jsonb(d) - 'received_at' - 'id' order by cluster, app, name, detected_at)
      from drift d)) as all`.execute(database)
  return rows[0]?.all
}

const clear = (database: Database) =>
  sql`truncate app_status, cluster_status, drift, events`.execute(database)

const eventTypes = async (database: Database) => {
  const { rows } = await sql<{ type: string }>`select type from events order by xid, id`.execute(database)
  return rows.map(({ type }) => type)
}

const time = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`

const seconds = fc.integer({ min: 0, max: 59 })
const order = { boot: fc.integer({ min: 1, max: 2 }), seq: fc.integer({ min: 1, max: 8 }) }
const generation = fc.integer({ min: 1, max: 4 })

const arbitraryReport: fc.Arbitrary<Report> = fc.oneof(
  fc
    .record({ ...order, generation, accepted: fc.boolean(), second: seconds })
    .map(({ second, ...rest }) => receipt({ ...rest, at: time(second) })),
  fc
    .record({
      ...order,
      app: fc.constantFrom('web', 'api', 'unknown'),
      phase: fc.constantFrom('applying', 'applied', 'failed', 'removed'),
      generation,
      status: fc.constantFrom('Healthy', 'Progressing', 'Degraded'),
    })
    .map(({ generation: reached, status, ...rest }) =>
      appReport({
        ...rest,
        applied: { generation: reached, at: time(1) },
        healthy: { generation: reached, at: time(2) },
        health: { status },
      }),
    ),
  fc
    .record({
      ...order,
      app: fc.constantFrom('web', 'api'),
      state: fc.constantFrom('open', 'corrected', 'resolved'),
      fight: fc.boolean(),
      name: fc.constantFrom('a', 'b'),
      second: fc.integer({ min: 0, max: 2 }),
    })
    .map(({ name, second, ...rest }) =>
      driftReport({
        ...rest,
        object: { group: '', kind: 'ConfigMap', namespace: 'x', name },
        detectedAt: time(second),
      }),
    ),
)

/** Reports with numbers of their own: no agent ever gives two reports the same. */
const arbitraryBatch: fc.Arbitrary<Received[]> = fc
  .array(
    fc.record({ cluster: fc.constantFrom('c1', 'c2', 'nowhere').map(cluster), report: arbitraryReport }),
    {
      maxLength: 20,
    },
  )
  .map((batch) => {
    const seen = new Set<string>()
    return batch.filter(({ cluster: name, report: { boot, seq } }) => {
      const id = `${name}-${boot}-${seq}`
      return !seen.has(id) && seen.add(id)
    })
  })

test('the same reports give the same tables: twice, shuffled, cut into other batches', async () => {
  await using db = await testDatabase()
  await seedFleet(db.database, fleet)
  const shuffledAndCut = arbitraryBatch.chain((batch) =>
    fc.record({
      batch: fc.constant(batch),
      shuffled: fc.shuffledSubarray(batch, { minLength: batch.length }),
      cut: fc.integer({ min: 0, max: batch.length }),
    }),
  )
  await fc.assert(
    fc.asyncProperty(shuffledAndCut, async ({ batch, shuffled, cut }) => {
      await clear(db.database)
      await takeBatch(db.database, batch)
      const expected = await tables(db.database)
      const events = await eventTypes(db.database)

      await takeBatch(db.database, batch)
      assert.deepEqual(await tables(db.database), expected, 'the same batch again')
      assert.deepEqual(await eventTypes(db.database), events, 'nothing is told twice')

      await clear(db.database)
      await takeBatch(db.database, shuffled.slice(0, cut))
      await takeBatch(db.database, shuffled.slice(cut))
      await takeBatch(db.database, shuffled.slice(0, cut))
      assert.deepEqual(await tables(db.database), expected, 'shuffled and in pieces')
    }),
    { numRuns: 60 },
  )
})

describe('a batch', () => {
  test('taken by several replicas at once is told once', async () => {
    await using db = await testDatabase()
    await seedFleet(db.database, fleet)
    const batch = ['c1', 'c2'].map((name) => ({
      cluster: cluster(name),
      report: appReport({ phase: 'applied', applied: { generation: 1, at: time(1) } }),
    }))
    await Promise.all([
      takeBatch(db.database, batch),
      takeBatch(db.database, batch.toReversed()),
      takeBatch(db.database, batch),
    ])
    assert.deepEqual(await eventTypes(db.database), ['app.applied', 'app.applied'])
  })

  test('names the commit that brought the release', async () => {
    await using db = await testDatabase()
    await seedFleet(db.database, fleet)
    const applied = appReport({
      phase: 'applied',
      release: releaseOf('web', 'dev'),
      applied: { generation: 1, at: time(1) },
    })
    await takeBatch(db.database, [{ cluster: cluster('c1'), report: applied }])
    const event = await db.database.selectFrom('events').selectAll().executeTakeFirstOrThrow()
    const { commit } = await db.database
      .selectFrom('app_environments')
      .select('commit')
      .executeTakeFirstOrThrow()
    assert.deepEqual(
      [event.environment, event.cluster, event.app, event.commit],
      ['dev', 'c1', 'web', commit],
    )
  })

  // An agent's first heartbeat and its first report come together. The report was taken for one of a cluster
  // that does not exist, acknowledged, and lost.
  test('is not lost where the first word of a cluster is being written by another', async () => {
    await using db = await testDatabase()
    await seedFleet(db.database, fleet)
    await clear(db.database)
    const batch = [{ cluster: cluster('c1'), report: receipt({ generation: 1 }) }]
    const taken = await db.database.transaction().execute(async (other) => {
      await lockClusters(other, [cluster('c1')])
      const taking = takeBatch(db.database, batch)
      const waits = sql<{ n: number }>`
        select count(*)::int as n from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`
      await until(async () => (await waits.execute(db.database)).rows[0]?.n === 1)
      return { taking }
    })
    assert.equal((await taken.taking).acceptances.length, 1)
  })

  test('makes no row for a cluster that does not exist', async () => {
    await using db = await testDatabase()
    await seedFleet(db.database, fleet)
    await takeBatch(db.database, [{ cluster: cluster('nowhere'), report: receipt({}) }])
    assert.deepEqual(await db.database.selectFrom('cluster_status').selectAll().execute(), [])
  })
})
