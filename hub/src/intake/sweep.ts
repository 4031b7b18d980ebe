import type { ClusterName, EnvironmentName } from '@roadstead/proto'
import { type QueryResult, sql } from 'kysely'
import { type Database, recordEvents } from '../db/index.ts'
import { limits } from './limits.ts'

/**
 * Marks the clusters last heard before `cutoff` as silent and tells it, each once. Any replica may sweep,
 * and several at a time: a row that somebody holds is being heard this moment and is passed over.
 *
 * @returns how many went silent
 */
export async function sweepSilence(database: Database, cutoff: Date): Promise<number> {
  let silent = 0
  for (;;) {
    const swept = await database.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ cluster: ClusterName; environment: EnvironmentName; last_seen_at: Date }>`
        with gone as (
          select s.cluster, c.environment from cluster_status s join clusters c on c.name = s.cluster
          where not s.silent and s.last_seen_at < ${cutoff}
          limit ${limits.clustersPerSweep} for update of s skip locked
        )
        update cluster_status s set silent = true from gone where s.cluster = gone.cluster
        returning s.cluster, gone.environment, s.last_seen_at`.execute(transaction)
      await recordEvents(
        transaction,
        rows.map(({ cluster, environment, last_seen_at }) => ({
          type: 'cluster.silent',
          environment,
          cluster,
          message: `${cluster} was not heard since ${last_seen_at.toISOString()}`,
          data: { lastSeenAt: last_seen_at.toISOString() },
        })),
      )
      return rows.length
    })
    silent += swept
    if (swept < limits.clustersPerSweep) return silent
  }
}

/**
 * Forgets events and closed drift records from before `cutoff`, so many rows at a time until none is left.
 * Only the oldest are looked at, however many there are.
 */
export async function sweepHistory(
  database: Database,
  cutoff: Date,
  rowsAtOnce: number = limits.rowsPerRetentionStep,
): Promise<void> {
  const isFull = ({ numAffectedRows = 0n }: QueryResult<unknown>) => numAffectedRows >= rowsAtOnce
  while (isFull(await forgetEvents(database, cutoff, rowsAtOnce))) {}
  while (isFull(await forgetDrift(database, cutoff, rowsAtOnce))) {}
}

const forgetEvents = (database: Database, cutoff: Date, rows: number) =>
  sql`delete from events where (xid, id) in (
    select xid, id from (select xid, id, at from events order by xid, id limit ${rows}) oldest
    where at < ${cutoff})`.execute(database)

const forgetDrift = (database: Database, cutoff: Date, rows: number) =>
  sql`delete from drift where id in (
    select id from drift where state <> 'open' and received_at < ${cutoff}
    order by id limit ${rows})`.execute(database)
