import type { AppName, ClusterName, CommitId, DriftReport } from '@roadstead/proto'
import { sql } from 'kysely'
import type { Database, DatabaseTransaction } from '../db/index.ts'
import { recordEvents } from '../db/index.ts'
import { type Projection, project } from './project.ts'
import type { Received } from './received.ts'
import { appKey, driftKey, releaseKey, type Stored, type StoredApp, type StoredDrift } from './rows.ts'
import { lockClusters } from './status.ts'
import { upsertAcceptances, upsertApps, upsertDrifts, upsertRefusals } from './upsert.ts'

/**
 * Takes a batch in: reads what the tables say of it, projects, writes, all in one transaction. The rows
 * of its clusters are locked in the order of their names, so that replicas that take reports of one
 * cluster at the same time do it one after the other, and each transition is told once.
 */
export function takeBatch(database: Database, batch: readonly Received[]): Promise<Projection> {
  return database.transaction().execute(async (transaction) => {
    const stored = await load(transaction, batch)
    const projection = project(batch, stored)
    await upsertAcceptances(transaction, projection.acceptances)
    await upsertRefusals(transaction, projection.refusals)
    await upsertApps(transaction, projection.apps)
    await upsertDrifts(transaction, projection.drifts)
    await recordEvents(transaction, projection.events)
    return projection
  })
}

async function load(transaction: DatabaseTransaction, batch: readonly Received[]): Promise<Stored> {
  const clusters = await lockClusters(transaction, [...new Set(batch.map(({ cluster }) => cluster))])
  const pairs = pairsOf(batch)
  const apps = await loadApps(transaction, pairs)
  return {
    clusters: new Map(
      clusters.map((row) => [
        row.cluster,
        {
          environment: row.environment,
          acceptedGeneration: row.accepted_generation ?? 0,
          refusal:
            row.refused_generation === null
              ? undefined
              : {
                  boot: row.boot,
                  seq: row.seq,
                  generation: row.refused_generation,
                  code: row.refusal?.code ?? 'internal',
                },
        },
      ]),
    ),
    fleetApps: await loadFleetApps(transaction, pairs),
    apps,
    drifts: await loadDrifts(transaction, batch),
    commits: await loadCommits(transaction, batch),
  }
}

interface Pair {
  readonly cluster: ClusterName
  readonly app: AppName
}

function pairsOf(batch: readonly Received[]): Pair[] {
  const pairs = new Map<string, Pair>()
  for (const { cluster, report } of batch) {
    if (report.kind !== 'receipt') pairs.set(appKey(cluster, report.app), { cluster, app: report.app })
  }
  return [...pairs.values()]
}

async function loadApps(
  transaction: DatabaseTransaction,
  pairs: readonly Pair[],
): Promise<Map<string, StoredApp>> {
  if (pairs.length === 0) return new Map()
  const { rows } = await sql<StoredApp & Pair>`
    select s.cluster, s.app, s.boot, s.seq, s.phase, s.health,
      coalesce(s.applied_generation, 0) as "appliedGeneration",
      coalesce(s.healthy_generation, 0) as "healthyGeneration",
      s.problem_count as "problemCount"
    from unnest(${pairs.map(({ cluster }) => cluster)}::text[], ${pairs.map(({ app }) => app)}::text[])
      as wanted (cluster, app)
    join app_status s on s.cluster = wanted.cluster and s.app = wanted.app`.execute(transaction)
  return new Map(rows.map((row) => [appKey(row.cluster, row.app), row]))
}

async function loadFleetApps(
  transaction: DatabaseTransaction,
  pairs: readonly Pair[],
): Promise<Set<AppName>> {
  const names = [...new Set(pairs.map(({ app }) => app))]
  if (names.length === 0) return new Set()
  const { rows } = await sql<{ name: AppName }>`
    select name from apps where name = any(${names}::text[])`.execute(transaction)
  return new Set(rows.map(({ name }) => name))
}

async function loadDrifts(
  transaction: DatabaseTransaction,
  batch: readonly Received[],
): Promise<Map<string, StoredDrift>> {
  const wanted = batch.flatMap(({ cluster, report }) =>
    report.kind === 'drift' ? [driftPlace(cluster, report)] : [],
  )
  if (wanted.length === 0) return new Map()
  const { rows } = await sql<DriftPlace & StoredDrift & { detected_at: Date }>`
    select d.cluster, d.app, d.api_group, d.kind, d.namespace, d.name, d.detected_at,
      d.boot, d.seq, d.state, d.fight
    from drift d
    join (select distinct * from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as r (
      cluster text, app text, api_group text, kind text, namespace text, name text, detected_at timestamptz
    )) as wanted using (cluster, app, api_group, kind, namespace, name, detected_at)`.execute(transaction)
  return new Map(
    rows.map((row) => {
      const object = { group: row.api_group, kind: row.kind, namespace: row.namespace, name: row.name }
      return [driftKey(row.cluster, row.app, object, row.detected_at.toISOString()), row]
    }),
  )
}

interface DriftPlace {
  readonly cluster: string
  readonly app: string
  readonly api_group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

const driftPlace = (cluster: ClusterName, { app, object, detectedAt }: DriftReport) => ({
  cluster,
  app,
  api_group: object.group,
  kind: object.kind,
  namespace: object.namespace,
  name: object.name,
  detected_at: new Date(detectedAt).toISOString(),
})

async function loadCommits(
  transaction: DatabaseTransaction,
  batch: readonly Received[],
): Promise<Map<string, CommitId>> {
  const apps = new Set<string>()
  const releases = new Set<string>()
  for (const { report } of batch) {
    if (report.kind !== 'app' || report.release === undefined) continue
    apps.add(report.app)
    releases.add(report.release)
  }
  if (releases.size === 0) return new Map()
  const { rows } = await sql<{ app: string; environment: string; release: string; commit: CommitId }>`
    select e.app, e.environment, r.release, e.commit
    from app_environments e cross join lateral (
      select e.release union all select value from jsonb_each_text(e.variants)) as r (release)
    where e.app = any(${[...apps]}::text[]) and r.release = any(${[...releases]}::text[])`.execute(
    transaction,
  )
  return new Map(rows.map((row) => [releaseKey(row.app, row.environment, row.release), row.commit]))
}
