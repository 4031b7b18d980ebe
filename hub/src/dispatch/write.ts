import type { AppName, Assignment, ClusterName, Digest } from '@roadstead/proto'
import { sql } from 'kysely'
import type { DatabaseTransaction } from '../db/index.ts'
import { limits } from './limits.ts'

export interface NewAssignment {
  readonly assignment: Assignment
  readonly contentDigest: Digest
  readonly sealed: Uint8Array
}

export async function writeAssignments(
  transaction: DatabaseTransaction,
  rows: readonly NewAssignment[],
): Promise<void> {
  const values = rows.map(({ assignment, contentDigest, sealed }) => ({
    cluster: assignment.cluster,
    generation: assignment.generation,
    content_digest: contentDigest,
    commit: assignment.commit,
    sealed: Buffer.from(sealed),
    issued_at: assignment.issuedAt,
    published_at: null,
    traceparent: assignment.traceparent ?? null,
  }))
  await transaction
    .insertInto('assignments')
    .values(values)
    .onConflict((conflict) =>
      conflict.column('cluster').doUpdateSet((excluded) => ({
        generation: excluded.ref('excluded.generation'),
        content_digest: excluded.ref('excluded.content_digest'),
        commit: excluded.ref('excluded.commit'),
        sealed: excluded.ref('excluded.sealed'),
        issued_at: excluded.ref('excluded.issued_at'),
        published_at: null,
        traceparent: excluded.ref('excluded.traceparent'),
      })),
    )
    .execute()
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
    await transaction
      .insertInto('placements')
      .values(added.slice(start, start + limits.placementsPerStatement))
      .onConflict((conflict) =>
        conflict.columns(['cluster', 'app']).doUpdateSet((excluded) => ({
          release: excluded.ref('excluded.release'),
          since: excluded.ref('excluded.since'),
        })),
      )
      .execute()
  }
}
