import type { AppName, Assignment, ClusterName, Digest } from '@roadstead/proto'
import { sql } from 'kysely'
import type { DatabaseTransaction } from '../db/index.ts'
import { limits } from './limits.ts'

export interface NewAssignment {
  readonly assignment: Assignment
  readonly contentDigest: Digest
  readonly sealed: Uint8Array
}

/** One array a column: a statement with a parameter for each value takes longer to build than to run. */
export async function writeAssignments(
  transaction: DatabaseTransaction,
  rows: readonly NewAssignment[],
): Promise<void> {
  const column = <T>(of: (row: NewAssignment) => T) => rows.map(of)
  await sql`
    insert into assignments (cluster, generation, content_digest, commit, sealed, issued_at, traceparent)
    select * from unnest(
      ${column(({ assignment }) => assignment.cluster)}::text[],
      ${column(({ assignment }) => assignment.generation)}::bigint[],
      ${column(({ contentDigest }) => contentDigest)}::text[],
      ${column(({ assignment }) => assignment.commit)}::text[],
      ${column(({ sealed }) => Buffer.from(sealed))}::bytea[],
      ${column(({ assignment }) => assignment.issuedAt)}::timestamptz[],
      ${column(({ assignment }) => assignment.traceparent ?? null)}::text[]
    )
    on conflict (cluster) do update set
      generation = excluded.generation,
      content_digest = excluded.content_digest,
      commit = excluded.commit,
      sealed = excluded.sealed,
      issued_at = excluded.issued_at,
      published_at = null,
      traceparent = excluded.traceparent`.execute(transaction)
}

export interface PlacementChange {
  readonly assignment: Assignment
  readonly previous: Assignment | undefined
}

/** Writes the placements that differ, and only those: most apps of most clusters stay as they are. */
export async function writePlacements(
  transaction: DatabaseTransaction,
  changes: readonly PlacementChange[],
): Promise<void> {
  const added: { cluster: ClusterName; app: AppName; release: Digest; since: number }[] = []
  const removed: { cluster: ClusterName; app: AppName }[] = []
  for (const { assignment, previous } of changes) {
    const { cluster } = assignment
    const before = new Map(previous?.apps.map(({ app, since }) => [app, since]))
    for (const { app, release, since } of assignment.apps) {
      if (before.get(app) !== since) added.push({ cluster, app, release, since })
      before.delete(app)
    }
    for (const app of before.keys()) removed.push({ cluster, app })
  }
  for (let start = 0; start < removed.length; start += limits.placementsPerStatement) {
    const rows = removed.slice(start, start + limits.placementsPerStatement)
    await sql`
      delete from placements p
      using unnest(${rows.map(({ cluster }) => cluster)}::text[], ${rows.map(({ app }) => app)}::text[]) as r (cluster, app)
      where p.cluster = r.cluster and p.app = r.app`.execute(transaction)
  }
  for (let start = 0; start < added.length; start += limits.placementsPerStatement) {
    const rows = added.slice(start, start + limits.placementsPerStatement)
    await sql`
      insert into placements (cluster, app, release, since)
      select * from unnest(
        ${rows.map(({ cluster }) => cluster)}::text[],
        ${rows.map(({ app }) => app)}::text[],
        ${rows.map(({ release }) => release)}::text[],
        ${rows.map(({ since }) => since)}::bigint[]
      )
      on conflict (cluster, app) do update set release = excluded.release, since = excluded.since`.execute(
      transaction,
    )
  }
}
