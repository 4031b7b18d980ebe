import { sql } from 'kysely'
import { type AppCounts, type AppStatus, appStatuses } from './types.ts'

/**
 * The status of one app on one cluster, before silence is considered: the one place where it is decided.
 *
 * A report counts for what is wanted only if it is about the wanted release *and* about a generation at or
 * after `since`: both, for a release may come back after another one, and generations may start over
 * where a hub was restored from a backup.
 *
 * What its owner has suspended is well. What is missing is on its way until the agent, which knows the
 * deadline, calls it degraded.
 */
const reportIsCurrent = sql`(a.release = p.release
  and greatest(a.accepted_generation, a.applied_generation) >= p.since)`
const isApplied = sql`(${reportIsCurrent} and a.applied_generation >= p.since)`
const isHealthy = sql`(${isApplied} and a.healthy_generation >= p.since
  and a.phase = 'applied' and a.health in ('Healthy', 'Suspended'))`

const status = sql`case
    when not coalesce(${reportIsCurrent}, false) then 'pending'
    when a.phase = 'failed' then 'failed'
    when coalesce(${isApplied}, false) and a.health = 'Degraded' then 'degraded'
    when coalesce(${isHealthy}, false) then 'healthy'
    else 'progressing'
  end`

const reported = sql`a.release as reported_release, a.phase, a.health, a.reason, a.objects, a.problems,
  a.problem_count, a.accepted_generation, a.accepted_at, a.applied_generation, a.applied_at,
  a.healthy_generation, a.healthy_at, a.reported_at`

/**
 * A row for each app that a cluster should run, and for each that it still runs: to be joined or filtered
 * by `cluster` and `app`, which reaches into both halves.
 */
export const appStates = sql`(
  select p.cluster, p.app, p.release as wanted_release, p.since, ${reported}, ${status} as status,
    coalesce(${reportIsCurrent}, false) as report_current, coalesce(${isApplied}, false) as current
  from placements p left join app_status a on a.cluster = p.cluster and a.app = p.app
  union all
  select a.cluster, a.app, null, null, ${reported}, 'removing', false, false
  from app_status a
  where a.phase <> 'removed'
    and not exists (select from placements p where p.cluster = a.cluster and p.app = a.app)
)`

/** Drift records that are open as far as everything said since goes; `d` is the record. */
export const isOpenDrift = sql`(d.state = 'open'
  and not exists (
    select from drift later
    where (later.cluster, later.app, later.api_group, later.kind, later.namespace, later.name)
        = (d.cluster, d.app, d.api_group, d.kind, d.namespace, d.name)
      and later.detected_at > d.detected_at)
  and not exists (
    select from app_status a where a.cluster = d.cluster and a.app = d.app
      and (a.phase = 'removed' or (a.drifted = 0 and (a.boot, a.seq) > (d.boot, d.seq)))))`

/** Counts by status as columns `healthy`, `progressing`, …; of rows `n` that carry `status` and `silent`. */
export const countColumns = sql.join([
  sql`count(n.status) as total`,
  ...appStatuses.map((name) =>
    name === 'silent'
      ? sql`count(n.status) filter (where coalesce(s.silent, false)) as silent`
      : sql`count(*) filter (where n.status = ${sql.lit(name)} and not coalesce(s.silent, false)) as ${sql.ref(name)}`,
  ),
])

/** A row of counts, from the columns above or sums of them. */
export type CountRow = { readonly [Name in AppStatus | 'total']: number }

export const appCounts = (row: Partial<CountRow> | undefined): AppCounts =>
  Object.fromEntries(
    (['total', ...appStatuses] as const).map((name) => [name, Number(row?.[name] ?? 0)]),
  ) as unknown as AppCounts
