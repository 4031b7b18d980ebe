import type { DriftField, DriftReport } from '@roadstead/proto'
import { type RawBuilder, sql } from 'kysely'
import type { Queryable } from '../db/index.ts'
import { decodeCursor, page } from './cursor.ts'
import { isOpenDrift } from './states.ts'
import { isoOrNull } from './times.ts'
import type { Drift, Page, PageRequest } from './types.ts'

export interface DriftFilters {
  readonly environment?: string | undefined
  readonly cluster?: string | undefined
  readonly app?: string | undefined
  /** Kubernetes kind. */
  readonly kind?: string | undefined
  readonly state?: DriftReport['state'] | undefined
  /** Objects that somebody keeps changing against the fleet. */
  readonly fight?: boolean | undefined
}

interface Row {
  readonly id: number
  readonly cluster: string
  readonly environment: string
  readonly app: string
  readonly api_group: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly change: Drift['change']
  readonly visible_state: Drift['state']
  readonly fields: readonly DriftField[]
  readonly field_count: number
  readonly manager: string | null
  readonly manager_at: Date | null
  readonly fight: boolean
  readonly detected_at: Date
  readonly ended_at: Date | null
}

/** An open record that later reports contradict is over, though its end was never reported. */
const visibleState = sql`case when d.state = 'open' and not ${isOpenDrift} then 'resolved' else d.state end`

/** Drift records, the latest first. */
export async function listDrift(
  database: Queryable,
  filters: DriftFilters,
  { limit, cursor }: PageRequest,
): Promise<Page<Drift>> {
  const [before] = decodeCursor(cursor, [0]) ?? []
  const conditions: RawBuilder<unknown>[] = [
    sql`true`,
    ...(before === undefined ? [] : [sql`d.id < ${before}`]),
    ...(filters.environment === undefined ? [] : [sql`c.environment = ${filters.environment}`]),
    ...(filters.cluster === undefined ? [] : [sql`d.cluster = ${filters.cluster}`]),
    ...(filters.app === undefined ? [] : [sql`d.app = ${filters.app}`]),
    ...(filters.kind === undefined ? [] : [sql`d.kind = ${filters.kind}`]),
    ...(filters.fight === undefined ? [] : [sql`d.fight = ${filters.fight}`]),
    ...(filters.state === undefined ? [] : [stateCondition(filters.state)]),
  ]
  const { rows } = await sql<Row>`
    select d.*, c.environment, ${visibleState} as visible_state
    from drift d join clusters c on c.name = d.cluster
    where ${sql.join(conditions, sql` and `)}
    order by d.id desc limit ${limit + 1}`.execute(database)
  return page(rows, limit, drift, ({ id }) => [id])
}

const stateCondition = (state: Drift['state']) =>
  state === 'open' ? isOpenDrift : sql`${visibleState} = ${state}`

const drift = (row: Row): Drift => ({
  id: row.id,
  cluster: row.cluster,
  environment: row.environment,
  app: row.app,
  object: { group: row.api_group, kind: row.kind, namespace: row.namespace, name: row.name },
  change: row.change,
  state: row.visible_state,
  fields: row.fields,
  fieldCount: row.field_count,
  manager: row.manager,
  managerAt: isoOrNull(row.manager_at),
  fight: row.fight,
  detectedAt: row.detected_at.toISOString(),
  endedAt: isoOrNull(row.ended_at),
})
