import type { ClusterName, EnvironmentName, Problem } from '@roadstead/proto'
import { sql } from 'kysely'
import type { DatabaseTransaction } from '../db/index.ts'

export interface LockedCluster {
  readonly cluster: ClusterName
  readonly environment: EnvironmentName
  readonly silent: boolean
  readonly state_digest: string | null
  readonly accepted_generation: number | null
  readonly boot: number
  readonly seq: number
  readonly refused_generation: number | null
  readonly refusal: Problem | null
}

/**
 * The status rows of those of the named clusters that exist, made where they are missing, and locked until
 * the transaction ends. Whoever writes what a cluster reported holds its lock; all lock in the order of
 * the names, so that none waits in a circle.
 */
export async function lockClusters(
  transaction: DatabaseTransaction,
  names: readonly ClusterName[],
): Promise<readonly LockedCluster[]> {
  const rows = await selectForUpdate(transaction, names)
  if (rows.length === names.length) return rows
  await sql`
    insert into cluster_status (cluster)
    select name from clusters where name = any(${names}::text[]) order by name
    on conflict (cluster) do nothing`.execute(transaction)
  // Also when nothing was added: another transaction may have made a row since we looked.
  return selectForUpdate(transaction, names)
}

async function selectForUpdate(
  transaction: DatabaseTransaction,
  names: readonly ClusterName[],
): Promise<readonly LockedCluster[]> {
  const { rows } = await sql<LockedCluster>`
    select s.cluster, c.environment, s.silent, s.state_digest, s.accepted_generation,
      s.boot, s.seq, s.refused_generation, s.refusal
    from cluster_status s join clusters c on c.name = s.cluster
    where s.cluster = any(${names}::text[]) order by s.cluster for update of s`.execute(transaction)
  return rows
}
