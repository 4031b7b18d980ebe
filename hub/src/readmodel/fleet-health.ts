import { type Clock, timeText } from '@roadstead/proto'
import { sql } from 'kysely'
import type { CommitStatus, Database, Queryable } from '../db/index.ts'
import { clusterStatus, clustersWithCounts } from './cluster-states.ts'
import { inSnapshot } from './snapshot.ts'
import { appCounts, type CountRow } from './states.ts'
import { appStatuses, clusterStatuses, type EnvironmentHealth, type FleetHealth } from './types.ts'

type Row = CountRow & {
  readonly environment: string
  readonly position: number
  readonly held: number
  readonly current: number
  readonly open: number
  readonly clusters: Readonly<Record<string, number>>
}

interface CommitRow {
  readonly in_force: string | null
  readonly head: string
  readonly status: CommitStatus | null
}

/** The whole fleet in two statements, whatever its size. Retired clusters are not part of it. */
export async function readFleetHealth(database: Database, clock: Clock): Promise<FleetHealth> {
  const { commit, environments } = await inSnapshot(database, async (snapshot) => ({
    commit: await readCommit(snapshot),
    environments: await readEnvironments(snapshot),
  }))
  return {
    commit: {
      inForce: commit?.in_force ?? null,
      head: commit?.head ?? null,
      headStatus: commit?.status ?? null,
    },
    clusters: sumCounts(
      environments.map(({ clusters }) => clusters),
      clusterStatuses,
    ),
    apps: sumCounts(
      environments.map(({ apps }) => apps),
      appStatuses,
    ),
    environments,
    drift: { open: environments.reduce((sum, { drift }) => sum + drift.open, 0) },
    updatedAt: timeText(clock.now()),
  }
}

async function readCommit(database: Queryable): Promise<CommitRow | undefined> {
  const { rows } = await sql<CommitRow>`
    select f.in_force, f.head, c.status from fleet f left join commits c on c.id = f.head`.execute(database)
  return rows[0]
}

async function readEnvironments(database: Queryable): Promise<EnvironmentHealth[]> {
  const clusterCounts = sql.join(
    clusterStatuses.map(
      (status) => sql`${sql.lit(status)}, count(*) filter (where k.status = ${sql.lit(status)})`,
    ),
  )
  const appSums = sql.join(
    ['total', ...appStatuses].map(
      (name) => sql`coalesce(sum(k.${sql.ref(name)}), 0)::bigint as ${sql.ref(name)}`,
    ),
  )
  const { rows } = await sql<Row>`
    with k as materialized (
      select c.environment, ${clusterStatus} as status, n.*, coalesce(d.open, 0) as open,
        (not coalesce(s.silent, false) and s.last_seen_at is not null
          and coalesce(s.accepted_generation, 0) >= coalesce(g.generation, 0)
          and coalesce(n.current, 0) = coalesce(n.total, 0)) as is_current
      from ${clustersWithCounts(false)}
      where c.retired_at is null
    )
    select e.name as environment, e.position, ${appSums},
      coalesce(sum(k.open), 0)::bigint as open,
      count(*) filter (where k.is_current) as current,
      jsonb_build_object('total', count(k.environment), ${clusterCounts}) as clusters,
      (select count(*) from app_environments h where h.environment = e.name and h.problems <> '[]') as held
    from environments e left join k on k.environment = e.name
    group by e.name, e.position order by e.position, e.name`.execute(database)
  return rows.map((row) => ({
    name: row.environment,
    clusters: sumCounts([row.clusters], clusterStatuses),
    apps: appCounts(row),
    current: row.current,
    heldApps: row.held,
    drift: { open: row.open },
  }))
}

function sumCounts<Status extends string>(
  parts: readonly Readonly<Record<string, number>>[],
  statuses: readonly Status[],
) {
  const sum = (name: string) => parts.reduce((total, part) => total + (part[name] ?? 0), 0)
  const names = ['total', ...statuses] as const
  return Object.fromEntries(names.map((name) => [name, sum(name)])) as { [Name in Status | 'total']: number }
}
