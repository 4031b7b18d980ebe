import { sql } from 'kysely'
import { appStates, countColumns, isOpenDrift } from './states.ts'

/** Has the newest assignment been refused, and not accepted since? */
export const isRefused = sql`(g.generation = s.refused_generation
  and coalesce(s.accepted_generation, 0) < g.generation)`

/** The cluster's status from its row `s`, its assignment `g` and its apps' counts `n`. */
export const clusterStatus = sql<string>`case
    when coalesce(s.silent, false) then 'silent'
    when s.last_seen_at is null then 'pending'
    when coalesce(${isRefused}, false) or n.failed > 0 then 'failed'
    when n.degraded > 0 then 'degraded'
    when g.generation > coalesce(s.accepted_generation, 0)
      or n.progressing + n.pending + n.removing > 0 then 'progressing'
    else 'healthy'
  end`

/**
 * A row `c`, `s`, `g`, `n` per cluster: the cluster, what was heard of it, its assignment, the counts of its
 * apps. With `lateral`, apps are counted cluster by cluster (for a page); otherwise for all at once.
 */
export const clustersWithCounts = (lateral: boolean) => sql`
  clusters c
  left join cluster_status s on s.cluster = c.name
  left join assignments g on g.cluster = c.name
  ${lateral ? lateralCounts : allCounts}`

const counted = sql`${countColumns}, count(*) filter (where n.current) as current`

const lateralCounts = sql`cross join lateral (
    select ${counted} from ${appStates} n where n.cluster = c.name) n
  cross join lateral (
    select count(*) as open from drift d where d.cluster = c.name and ${isOpenDrift}) d`

const allCounts = sql`left join (
    select n.cluster, ${counted} from ${appStates} n
    left join cluster_status s on s.cluster = n.cluster group by n.cluster) n on n.cluster = c.name
  left join (
    select d.cluster, count(*) as open from drift d where ${isOpenDrift} group by d.cluster) d on d.cluster = c.name`
