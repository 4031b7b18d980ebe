import type { ClusterName, Digest } from '@roadstead/proto'
import { sql } from 'kysely'
import type { DatabaseTransaction, Queryable } from '../db/index.ts'
import { limits } from './limits.ts'

/**
 * What is decided but not yet at the broker. A row names what to publish; the content is read when it is,
 * so that it is always the newest. Releases are queued before the assignments that need them, and taken in
 * that order.
 */
export interface OutboxBatch {
  readonly ids: readonly number[]
  readonly releases: readonly Digest[]
  readonly assignments: readonly ClusterName[]
}

export const queueReleases = (transaction: DatabaseTransaction, releases: readonly Digest[]) =>
  queue(transaction, 'release', releases)

export const queueAssignments = (transaction: DatabaseTransaction, clusters: readonly ClusterName[]) =>
  queue(transaction, 'assignment', clusters)

async function queue(
  transaction: DatabaseTransaction,
  kind: 'release' | 'assignment',
  keys: readonly string[],
): Promise<void> {
  if (keys.length === 0) return
  await sql`
    insert into outbox (kind, key)
    select ${kind}, k.key from unnest(${keys}::text[]) with ordinality as k (key, position)
    order by k.position`.execute(transaction)
}

/** The oldest rows; undefined when there are none. */
export async function takeBatch(database: Queryable): Promise<OutboxBatch | undefined> {
  const rows = await database
    .selectFrom('outbox')
    .select(['id', 'kind', 'key'])
    .orderBy('id')
    .limit(limits.outboxBatch)
    .execute()
  if (rows.length === 0) return undefined
  const keysOf = (wanted: string) => new Set(rows.filter(({ kind }) => kind === wanted).map(({ key }) => key))
  return {
    ids: rows.map(({ id }) => id),
    releases: [...keysOf('release')] as Digest[],
    assignments: [...keysOf('assignment')] as ClusterName[],
  }
}

/** Forgets the rows of a batch, and no other: one with a lower number may have committed since. */
export async function forgetBatch(transaction: DatabaseTransaction, { ids }: OutboxBatch): Promise<void> {
  await transaction.deleteFrom('outbox').where(sql<boolean>`id = any(${ids}::bigint[])`).execute()
}

/** Digests and clusters that wait already. (No digest reads like a cluster's name: that has no colon.) */
export async function queuedKeys(database: Queryable): Promise<ReadonlySet<string>> {
  const rows = await database.selectFrom('outbox').select('key').distinct().execute()
  return new Set(rows.map(({ key }) => key))
}
