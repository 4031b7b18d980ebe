import type { EnvironmentName, Heartbeat, Problem, Variable } from '@roadstead/proto'
import { type RawBuilder, sql } from 'kysely'
import type { Database, Queryable } from '../db/index.ts'
import { clusterStatus, clustersWithCounts, isRefused } from './cluster-states.ts'
import { decodeCursor, page } from './cursor.ts'
import { labelCondition, type Requirement } from './label-selector.ts'
import { readClusterPlacements } from './placements.ts'
import { inSnapshot } from './snapshot.ts'
import { appCounts, type CountRow } from './states.ts'
import { isoOrNull } from './times.ts'
import type { ClusterDetail, ClusterStatus, ClusterSummary, Page, PageRequest } from './types.ts'

export interface ClusterFilters {
  readonly environment?: string | undefined
  readonly status?: ClusterStatus | undefined
  readonly labels?: readonly Requirement[] | undefined
  readonly silent?: boolean | undefined
  /** Clusters that should run this app. */
  readonly app?: string | undefined
  /** Those that left the fleet repository, instead of those that are in it. */
  readonly retired?: boolean | undefined
}

type Row = CountRow & {
  readonly name: string
  readonly environment: EnvironmentName
  readonly labels: Readonly<Record<string, string>>
  readonly retired_at: Date | null
  readonly cluster_status: ClusterStatus
  readonly is_silent: boolean | null
  readonly last_seen_at: Date | null
  readonly agent_version: string | null
  readonly kubernetes_version: string | null
  readonly accepted_generation: number | null
  readonly generation: number | null
  readonly published_at: Date | null
  readonly commit: string | null
  readonly open: number
}

const summaryColumns = sql`c.name, c.environment, c.labels, c.retired_at, ${clusterStatus} as cluster_status,
  s.silent as is_silent, s.last_seen_at, s.agent_version, s.kubernetes_version, s.accepted_generation,
  g.generation, g.published_at, g.commit, n.*, d.open`

/** Clusters by name. */
export async function listClusters(
  database: Queryable,
  filters: ClusterFilters,
  { limit, cursor }: PageRequest,
): Promise<Page<ClusterSummary>> {
  const [after] = decodeCursor(cursor, ['']) ?? []
  const conditions: RawBuilder<unknown>[] = [
    filters.retired ? sql`c.retired_at is not null` : sql`c.retired_at is null`,
    ...(after === undefined ? [] : [sql`c.name > ${after}`]),
    ...(filters.environment === undefined ? [] : [sql`c.environment = ${filters.environment}`]),
    ...(filters.silent === undefined ? [] : [sql`coalesce(s.silent, false) = ${filters.silent}`]),
    ...(filters.status === undefined ? [] : [sql`${clusterStatus} = ${filters.status}`]),
    ...(filters.app === undefined
      ? []
      : [sql`exists (select from placements p where p.cluster = c.name and p.app = ${filters.app})`]),
    ...(filters.labels ?? []).map(labelCondition),
  ]
  const { rows } = await sql<Row>`
    select ${summaryColumns} from ${clustersWithCounts(true)}
    where ${sql.join(conditions, sql` and `)}
    order by c.name limit ${limit + 1}`.execute(database)
  return page(rows, limit, summary, ({ name }) => [name])
}

type DetailRow = Row & {
  readonly variables: Readonly<Record<string, Variable>>
  readonly issued_at: Date | null
  readonly accepted_at: Date | null
  readonly counts: Heartbeat['counts'] | null
  readonly is_refused: boolean | null
  readonly refused_generation: number | null
  readonly refusal: Problem | null
  readonly enrolled_at: Date | null
  readonly revoked_at: Date | null
}

/** One cluster with all its apps; undefined when there is none of this name, now or retired. */
export function readCluster(database: Database, name: string): Promise<ClusterDetail | undefined> {
  return inSnapshot(database, async (snapshot) => {
    const row = await readDetail(snapshot, name)
    return row && detail(row, await readClusterPlacements(snapshot, name))
  })
}

async function readDetail(database: Queryable, name: string): Promise<DetailRow | undefined> {
  const { rows } = await sql<DetailRow>`
    select ${summaryColumns}, c.variables, g.issued_at, s.accepted_at, s.counts, ${isRefused} as is_refused,
      s.refused_generation, s.refusal, i.issued_at as enrolled_at, i.revoked_at
    from ${clustersWithCounts(true)} left join agents i on i.cluster = c.name
    where c.name = ${name}`.execute(database)
  return rows[0]
}

function summary(row: Row): ClusterSummary {
  return {
    name: row.name,
    environment: row.environment,
    labels: row.labels,
    status: row.cluster_status,
    silent: row.is_silent ?? false,
    lastSeenAt: isoOrNull(row.last_seen_at),
    generation: {
      assigned: row.generation,
      offered: row.published_at === null ? null : row.generation,
      accepted: row.accepted_generation,
    },
    commit: row.commit,
    apps: appCounts(row),
    drift: { open: row.open },
    agentVersion: row.agent_version,
    kubernetesVersion: row.kubernetes_version,
    retiredAt: isoOrNull(row.retired_at),
  }
}

function detail(row: DetailRow, placements: ClusterDetail['placements']): ClusterDetail {
  const { generation, commit, issued_at, enrolled_at } = row
  const isAccepted = generation !== null && (row.accepted_generation ?? 0) >= generation
  return {
    ...summary(row),
    variables: row.variables,
    assignment:
      generation === null || commit === null || issued_at === null
        ? null
        : {
            generation,
            commit,
            issuedAt: issued_at.toISOString(),
            offeredAt: isoOrNull(row.published_at),
            acceptedAt: isAccepted ? isoOrNull(row.accepted_at) : null,
          },
    refusal:
      row.is_refused && row.refused_generation !== null
        ? { generation: row.refused_generation, problem: row.refusal }
        : null,
    agent:
      enrolled_at === null
        ? null
        : { enrolledAt: enrolled_at.toISOString(), revokedAt: isoOrNull(row.revoked_at) },
    counts: row.counts,
    placements,
  }
}
