import { jetstreamManager } from '@nats-io/jetstream'
import { streams, subjects } from '@roadstead/proto'
import { sql } from 'kysely'
import type { Database } from '../db/index.ts'
import { natsError } from '../nats/index.ts'
import { limits } from './limits.ts'
import type { Link } from './link.ts'

/**
 * Removes releases, made before `before`, that no cluster is assigned, no environment holds and no row of
 * the outbox names, from the broker and from the database.
 *
 * The broker goes first, while the rows are locked: a commit that needs one of them again at this moment
 * waits, fails on the missing row and is retried. Must not run while a batch is being published.
 *
 * @returns how many were removed
 * @throws RoadsteadError `unavailable` or `timeout`
 */
export async function collectReleases(database: Database, link: Link, before: Date): Promise<number> {
  return database.transaction().execute(async (transaction) => {
    const unused = await transaction
      .selectFrom('releases as r')
      .select('r.digest')
      .where('r.created_at', '<', before)
      .where(
        sql<boolean>`not exists (select 1 from placements p where p.release = r.digest)
          and not exists (select 1 from app_environments e where e.release = r.digest)
          and not exists (
            select 1 from app_environments e, jsonb_each_text(e.variants) v where v.value = r.digest
          )
          and not exists (select 1 from outbox o where o.kind = 'release' and o.key = r.digest)`,
      )
      .orderBy('r.created_at')
      .limit(limits.releasesPerCollection)
      .forUpdate()
      .skipLocked()
      .execute()
    const digests = unused.map(({ digest }) => digest)
    if (digests.length === 0) return 0
    try {
      const manager = await jetstreamManager(link.connection, { checkAPI: false })
      for (const digest of digests) {
        const filter = subjects.releaseChunk(digest, '*')
        await link.guard(manager.streams.purge(streams.releases, { filter }))
      }
    } catch (error) {
      throw natsError(error, 'removing releases that nothing refers to')
    }
    await transaction.deleteFrom('releases').where('digest', 'in', digests).execute()
    return digests.length
  })
}
