import type { AppPhase, HealthStatus, Problem } from '@roadstead/proto'
import { type RawBuilder, sql } from 'kysely'
import type { Queryable } from '../db/index.ts'
import { decodeCursor, page } from './cursor.ts'
import { appStates } from './states.ts'
import { isoOrNull } from './times.ts'
import type { AppStatus, Milestone, Page, PageRequest, Placement } from './types.ts'

export interface PlacementFilters {
  readonly environment?: string | undefined
  readonly cluster?: string | undefined
  readonly app?: string | undefined
  readonly status?: AppStatus | undefined
}

interface Row {
  readonly cluster: string
  readonly app: string
  readonly environment: string
  readonly visible_status: AppStatus
  readonly wanted_release: string | null
  readonly reported_release: string | null
  readonly since: number | null
  readonly report_current: boolean
  readonly current: boolean
  readonly phase: AppPhase | null
  readonly health: HealthStatus | null
  readonly reason: string | null
  readonly objects: Placement['objects']
  readonly problems: readonly Problem[] | null
  readonly problem_count: number | null
  readonly offered_generation: number | null
  readonly offered_at: Date | null
  readonly receipt_generation: number | null
  readonly receipt_at: Date | null
  readonly accepted_generation: number | null
  readonly accepted_at: Date | null
  readonly applied_generation: number | null
  readonly applied_at: Date | null
  readonly healthy_generation: number | null
  readonly healthy_at: Date | null
  readonly reported_at: Date | null
}

const select = (conditions: readonly RawBuilder<unknown>[], limit: number) => sql<Row>`
  select n.*, c.environment,
    case when coalesce(s.silent, false) then 'silent' else n.status end as visible_status,
    g.generation as offered_generation, g.published_at as offered_at,
    s.accepted_generation as receipt_generation, s.accepted_at as receipt_at
  from ${appStates} n
  join clusters c on c.name = n.cluster
  left join cluster_status s on s.cluster = n.cluster
  left join assignments g on g.cluster = n.cluster
  where ${sql.join([sql`true`, ...conditions], sql` and `)}
  order by n.cluster, n.app limit ${limit}`

/** Apps on clusters, by cluster and app. */
export async function listPlacements(
  database: Queryable,
  filters: PlacementFilters,
  { limit, cursor }: PageRequest,
): Promise<Page<Placement>> {
  const after = decodeCursor(cursor, ['', ''])
  const conditions: RawBuilder<unknown>[] = [
    ...(after === undefined ? [] : [sql`(n.cluster, n.app) > (${after[0]}, ${after[1]})`]),
    ...(filters.cluster === undefined ? [] : [sql`n.cluster = ${filters.cluster}`]),
    ...(filters.app === undefined ? [] : [sql`n.app = ${filters.app}`]),
    ...(filters.environment === undefined ? [] : [sql`c.environment = ${filters.environment}`]),
    ...(filters.status === undefined ? [] : [statusCondition(filters.status)]),
  ]
  const { rows } = await select(conditions, limit + 1).execute(database)
  return page(rows, limit, placement, ({ cluster, app }) => [cluster, app])
}

const statusCondition = (status: AppStatus) =>
  status === 'silent'
    ? sql`coalesce(s.silent, false)`
    : sql`(n.status = ${status} and not coalesce(s.silent, false))`

/** Twice what a cluster may run: as many again may be on their way out. */
const placementsPerCluster = 2_000

/** All apps of one cluster. */
export async function readClusterPlacements(database: Queryable, cluster: string): Promise<Placement[]> {
  const { rows } = await select([sql`n.cluster = ${cluster}`], placementsPerCluster).execute(database)
  return rows.map(placement)
}

function placement(row: Row): Placement {
  const since = row.since ?? Number.POSITIVE_INFINITY
  const reached = (generation: number | null, at: Date | null): Milestone | null =>
    generation === null || at === null
      ? null
      : { generation, at: at.toISOString(), current: row.report_current && generation >= since }
  return {
    cluster: row.cluster,
    app: row.app,
    environment: row.environment,
    status: row.visible_status,
    current: row.current,
    release: { wanted: row.wanted_release, reported: row.reported_release },
    since: row.since,
    milestones: {
      offered:
        row.since === null || row.offered_generation === null || row.offered_at === null
          ? null
          : {
              generation: row.offered_generation,
              at: row.offered_at.toISOString(),
              current: row.offered_generation >= since,
            },
      accepted: accepted(row, since, reached),
      applied: reached(row.applied_generation, row.applied_at),
      healthy: reached(row.healthy_generation, row.healthy_at),
    },
    phase: row.phase,
    health: row.health,
    reason: row.reason,
    objects: row.objects,
    problems: row.problems ?? [],
    problemCount: row.problem_count ?? 0,
    reportedAt: isoOrNull(row.reported_at),
  }
}

/** What the app itself reported; before it did, the receipt for the assignment that brought it. */
function accepted(
  row: Row,
  since: number,
  reached: (generation: number | null, at: Date | null) => Milestone | null,
): Milestone | null {
  const own = reached(row.accepted_generation, row.accepted_at)
  const { receipt_generation: generation, receipt_at: at } = row
  if (own?.current || generation === null || at === null || generation < since) return own
  return { generation, at: at.toISOString(), current: true }
}
