import { type RawBuilder, sql } from 'kysely'
import type { Database, Queryable, SourceProblem } from '../db/index.ts'
import { decodeCursor, page } from './cursor.ts'
import { listPlacements, type PlacementFilters } from './placements.ts'
import { inSnapshot } from './snapshot.ts'
import { appCounts, appStates, type CountRow, countColumns, isOpenDrift } from './states.ts'
import type { AppDetail, AppSummary, OverallStatus, Page, PageRequest } from './types.ts'

export interface AppFilters {
  /** Count only clusters of this environment, and leave out apps that have none there. */
  readonly environment?: string | undefined
  /** Apps that this cluster should run or still runs. */
  readonly cluster?: string | undefined
  readonly status?: OverallStatus | undefined
}

type Row = CountRow & {
  readonly name: string
  readonly description: string
  readonly spec: Readonly<Record<string, unknown>>
  readonly overall: OverallStatus
  readonly open: number
}

/** Apps by name, each with its counts over clusters. */
export async function listApps(
  database: Queryable,
  filters: AppFilters,
  { limit, cursor }: PageRequest,
): Promise<Page<AppSummary>> {
  const [after] = decodeCursor(cursor, ['']) ?? []
  const narrowed = filters.environment !== undefined || filters.cluster !== undefined
  const rows = await readApps(
    database,
    filters,
    [
      ...(after === undefined ? [] : [sql`p.name > ${after}`]),
      ...(narrowed ? [sql`n.total > 0`] : []),
      ...(filters.status === undefined ? [] : [sql`${overallStatusSql} = ${filters.status}`]),
    ],
    limit + 1,
  )
  return page(rows, limit, summary, ({ name }) => [name])
}

/** One app with its environments and a page of its clusters; undefined when the fleet has none of this name. */
export function readApp(
  database: Database,
  name: string,
  filters: Omit<PlacementFilters, 'app'>,
  request: PageRequest,
): Promise<AppDetail | undefined> {
  return inSnapshot(database, async (snapshot) => {
    const [row] = await readApps(snapshot, {}, [sql`p.name = ${name}`], 1)
    if (row === undefined) return undefined
    const environments = await readEnvironments(snapshot, name)
    const placements = await listPlacements(snapshot, { ...filters, app: name }, request)
    return { ...summary(row), spec: row.spec, environments, placements }
  })
}

/** The worst of an app's clusters. Failures first; silence is never green. */
const overallStatusSql = sql`case
    when n.total = 0 then 'unplaced'
    when n.failed > 0 then 'failed'
    when n.degraded > 0 then 'degraded'
    when n.progressing + n.pending + n.removing > 0 then 'progressing'
    when n.silent > 0 then 'silent'
    else 'healthy'
  end`

async function readApps(
  database: Queryable,
  { environment, cluster }: AppFilters,
  conditions: readonly RawBuilder<unknown>[],
  limit: number,
): Promise<Row[]> {
  const where = sql.join(
    [
      sql`c.retired_at is null`,
      ...(environment === undefined ? [] : [sql`c.environment = ${environment}`]),
      ...(cluster === undefined ? [] : [sql`c.name = ${cluster}`]),
    ],
    sql` and `,
  )
  const { rows } = await sql<Row>`
    select p.name, p.description, p.spec, n.*, d.open, ${overallStatusSql} as overall
    from apps p
    cross join lateral (
      select ${countColumns} from ${appStates} n
      join clusters c on c.name = n.cluster left join cluster_status s on s.cluster = n.cluster
      where n.app = p.name and ${where}) n
    cross join lateral (
      select count(*) as open from drift d join clusters c on c.name = d.cluster
      where d.app = p.name and ${where} and ${isOpenDrift}) d
    where ${sql.join([sql`true`, ...conditions], sql` and `)}
    order by p.name limit ${limit}`.execute(database)
  return rows
}

function summary(row: Row): AppSummary {
  const { dependsOn } = row.spec
  return {
    name: row.name,
    description: row.description,
    status: row.overall,
    dependsOn: Array.isArray(dependsOn) ? dependsOn.filter((each) => typeof each === 'string') : [],
    clusters: appCounts(row),
    drift: { open: row.open },
  }
}

type EnvironmentRow = CountRow & {
  readonly environment: string
  readonly release: string | null
  readonly variants: Readonly<Record<string, string>>
  readonly commit: string | null
  readonly problems: readonly SourceProblem[]
}

async function readEnvironments(database: Queryable, app: string): Promise<AppDetail['environments']> {
  const { rows } = await sql<EnvironmentRow>`
    select h.environment, h.release, h.variants, h.commit, h.problems, n.*
    from app_environments h left join environments e on e.name = h.environment
    cross join lateral (
      select ${countColumns} from ${appStates} n
      join clusters c on c.name = n.cluster left join cluster_status s on s.cluster = n.cluster
      where n.app = ${app} and c.environment = h.environment and c.retired_at is null) n
    where h.app = ${app}
    order by e.position, h.environment`.execute(database)
  return rows.map((row) => ({
    name: row.environment,
    release: row.release,
    variants: row.variants,
    commit: row.commit,
    problems: row.problems,
    clusters: appCounts(row),
  }))
}
