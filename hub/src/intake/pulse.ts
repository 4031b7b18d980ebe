import { type AppFacts, type ClusterName, type Heartbeat, stateDigest } from '@roadstead/proto'
import { sql } from 'kysely'
import type { Database, Queryable } from '../db/index.ts'
import { recordEvents } from '../db/index.ts'
import type { Doubt } from './doubts.ts'
import { type LockedCluster, lockClusters } from './status.ts'

/** The newest heartbeat of a cluster, and when the hub heard it, by the hub's clock. */
export interface Heard {
  readonly cluster: ClusterName
  readonly heartbeat: Heartbeat
  readonly heardAtMs: number
}

export interface HeartbeatsWritten {
  /** Heartbeats of clusters that do not exist. */
  readonly unknown: number
  /** Clusters of which the hub seems not to hold what their agent would report. */
  readonly doubtful: readonly Doubt[]
}

/**
 * Writes that clusters were heard, ends the silence of those that were silent, and compares each agent's
 * digest of its state with the rows here. A digest that was found equal is kept until a report changes
 * the rows, so that an idle fleet is not compared again and again.
 */
export function writeHeartbeats(database: Database, heard: readonly Heard[]): Promise<HeartbeatsWritten> {
  return database.transaction().execute(async (transaction) => {
    const rows = await lockClusters(
      transaction,
      heard.map(({ cluster }) => cluster),
    )
    const known = new Map(rows.map((row) => [row.cluster, row]))
    const present = heard.filter(({ cluster }) => known.has(cluster))
    const digests = await readDigests(
      transaction,
      present.filter(({ cluster, heartbeat }) => known.get(cluster)?.state_digest !== heartbeat.stateDigest),
    )
    const written = present.map(({ cluster, heartbeat, heardAtMs }) => ({
      cluster,
      last_seen_at: new Date(heardAtMs).toISOString(),
      agent_version: heartbeat.agentVersion,
      kubernetes_version: heartbeat.kubernetesVersion ?? null,
      counts: heartbeat.counts,
      // Absent from `digests`: it was equal already.
      state_digest: [undefined, heartbeat.stateDigest].includes(digests.get(cluster))
        ? heartbeat.stateDigest
        : null,
    }))
    await sql`
      update cluster_status s set
        last_seen_at = greatest(s.last_seen_at, r.last_seen_at), silent = false,
        agent_version = r.agent_version, kubernetes_version = coalesce(r.kubernetes_version, s.kubernetes_version),
        counts = r.counts, state_digest = r.state_digest
      from jsonb_to_recordset(${JSON.stringify(written)}::jsonb) as r (
        cluster text, last_seen_at timestamptz, agent_version text, kubernetes_version text,
        counts jsonb, state_digest text)
      where s.cluster = r.cluster`.execute(transaction)
    await recordEvents(transaction, rows.filter(({ silent }) => silent).map(returned))
    const generations = await readGenerations(transaction, rows)
    return {
      unknown: heard.length - present.length,
      doubtful: present.flatMap(({ cluster, heartbeat }): Doubt[] => {
        const held = digests.get(cluster) ?? heartbeat.stateDigest
        // What an agent has not sent yet can not be here; it will come by itself.
        if (heartbeat.counts.unsent > 0) return []
        if (held !== heartbeat.stateDigest)
          return [{ cluster, kind: 'report', told: heartbeat.stateDigest, held }]
        const generation = generations.get(cluster)
        if (generation === undefined) return []
        if (generation > (heartbeat.generation ?? 0)) return [{ cluster, kind: 'fetch', generation }]
        // It has what is wanted, but its word for that is not here.
        return [{ cluster, kind: 'report', told: heartbeat.stateDigest, held }]
      }),
    }
  })
}

const returned = ({ cluster, environment }: LockedCluster) => ({
  type: 'cluster.returned',
  environment,
  cluster,
  message: `${cluster} is heard again`,
})

/** The digest that each agent's heartbeat should carry, going by the rows of its apps. */
async function readDigests(
  database: Queryable,
  clusters: readonly { readonly cluster: ClusterName }[],
): Promise<Map<ClusterName, string>> {
  if (clusters.length === 0) return new Map()
  const names = clusters.map(({ cluster }) => cluster)
  const { rows } = await sql<AppFacts & { cluster: ClusterName }>`
    select cluster, app, phase, release, accepted_generation as accepted, applied_generation as applied,
      healthy_generation as healthy, health, drifted
    from app_status where cluster = any(${names}::text[])`.execute(database)
  const facts = new Map<ClusterName, AppFacts[]>(names.map((name) => [name, []]))
  for (const row of rows) {
    // A column without a value is a member the agent left out.
    facts.get(row.cluster)?.push({ ...row, release: row.release ?? undefined })
  }
  return new Map([...facts].map(([cluster, apps]) => [cluster, stateDigest(apps)]))
}

/** The newest generation that the broker holds for each cluster, unless its agent refused that one. */
async function readGenerations(
  database: Queryable,
  clusters: readonly { readonly cluster: ClusterName }[],
): Promise<Map<ClusterName, number>> {
  if (clusters.length === 0) return new Map()
  const { rows } = await sql<{ cluster: ClusterName; generation: number }>`
    select a.cluster, a.generation from assignments a join cluster_status s on s.cluster = a.cluster
    where a.cluster = any(${clusters.map(({ cluster }) => cluster)}::text[])
      and a.published_at is not null
      and a.generation > coalesce(s.accepted_generation, 0)
      and a.generation is distinct from s.refused_generation`.execute(database)
  return new Map(rows.map((row) => [row.cluster, row.generation]))
}

/** Of these doubts, those that still hold. */
export async function stillDoubtful(database: Queryable, doubts: readonly Doubt[]): Promise<Doubt[]> {
  const digests = await readDigests(
    database,
    doubts.filter(({ kind }) => kind === 'report'),
  )
  const generations = await readGenerations(
    database,
    doubts.filter(({ kind }) => kind === 'fetch'),
  )
  return doubts.filter((doubt) =>
    doubt.kind === 'report'
      ? // Rows that moved since mean that reports are on their way: the next heartbeat will tell.
        digests.get(doubt.cluster) === doubt.held
      : generations.get(doubt.cluster) === doubt.generation,
  )
}
