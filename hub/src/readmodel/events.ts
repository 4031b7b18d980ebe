import { type RawBuilder, sql } from 'kysely'
import type { Queryable } from '../db/index.ts'
import { decodeCursor, foreignCursor, page } from './cursor.ts'
import { type EventPosition, eventId, parseEventId } from './event-position.ts'
import type { FleetEvent, Page, PageRequest } from './types.ts'

export interface EventFilters {
  readonly environment?: string | undefined
  readonly cluster?: string | undefined
  readonly app?: string | undefined
  readonly commit?: string | undefined
  /** `app.healthy`, or all of a noun with `app.*`. */
  readonly type?: string | undefined
}

interface Row {
  readonly xid: string
  readonly id: number
  readonly at: Date
  readonly type: string
  readonly environment: string | null
  readonly cluster: string | null
  readonly app: string | null
  readonly commit: string | null
  readonly message: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Numbers travel as text; whoever sorts has to say `events.xid`, for the bare name means the text. */
const columns = sql`xid::text as xid, id, at, type, environment, cluster, app, commit, message, data`

/**
 * Only events of transactions older than every transaction in flight: none can appear before one of these
 * any more, so that going by (xid, id) never skips one that commits late.
 */
const settled = sql`xid < pg_snapshot_xmin(pg_current_snapshot())`

function conditions(filters: EventFilters): RawBuilder<unknown>[] {
  const { environment, cluster, app, commit, type } = filters
  return [
    settled,
    ...(environment === undefined ? [] : [sql`environment = ${environment}`]),
    ...(cluster === undefined ? [] : [sql`cluster = ${cluster}`]),
    ...(app === undefined ? [] : [sql`app = ${app}`]),
    ...(commit === undefined ? [] : [sql`commit = ${commit}`]),
    ...(type === undefined ? [] : [typeCondition(type)]),
  ]
}

const typeCondition = (type: string) =>
  type.endsWith('.*') ? sql`starts_with(type, ${type.slice(0, -1)})` : sql`type = ${type}`

/** Events by when they were committed: the latest first, or the first first. */
export async function listEvents(
  database: Queryable,
  filters: EventFilters,
  { limit, cursor }: PageRequest,
  order: 'asc' | 'desc' = 'desc',
): Promise<Page<FleetEvent>> {
  const from = parseCursor(cursor)
  const beyond =
    from === undefined
      ? []
      : [sql`(xid, id) ${order === 'asc' ? sql`>` : sql`<`} (${from.xid.toString()}::xid8, ${from.id})`]
  const direction = order === 'asc' ? sql`asc` : sql`desc`
  const { rows } = await sql<Row>`
    select ${columns} from events where ${sql.join([...conditions(filters), ...beyond], sql` and `)}
    order by events.xid ${direction}, id ${direction} limit ${limit + 1}`.execute(database)
  return page(rows, limit, event, ({ xid, id }) => [eventId({ xid: BigInt(xid), id })])
}

function parseCursor(cursor: string | undefined): EventPosition | undefined {
  const [id] = decodeCursor(cursor, ['']) ?? []
  if (id === undefined) return undefined
  const position = parseEventId(id)
  if (position === undefined) throw foreignCursor()
  return position
}

/** The next events after a position, the oldest first. */
export async function eventsAfter(
  database: Queryable,
  filters: EventFilters,
  { xid, id }: EventPosition,
  limit: number,
): Promise<FleetEvent[]> {
  const { rows } = await sql<Row>`
    select ${columns} from events
    where (xid, id) > (${xid.toString()}::xid8, ${id}) and ${sql.join(conditions(filters), sql` and `)}
    order by events.xid, id limit ${limit}`.execute(database)
  return rows.map(event)
}

export interface EventHorizon {
  /** Everything before it is settled and can be read; what comes later has a later position. */
  readonly position: EventPosition
  /** Events are committed that can not be read yet, for an older transaction is still in flight. */
  readonly waiting: boolean
}

export async function readEventHorizon(database: Queryable): Promise<EventHorizon> {
  const { rows } = await sql<{ xmin: string; waiting: boolean }>`
    select pg_snapshot_xmin(now.snapshot)::text as xmin,
      exists (select from events where xid >= pg_snapshot_xmin(now.snapshot)) as waiting
    from (select pg_current_snapshot() as snapshot) now`.execute(database)
  const [row] = rows
  return { position: { xid: BigInt(row?.xmin ?? 0), id: 0 }, waiting: row?.waiting ?? false }
}

const event = ({ xid, id, at, ...rest }: Row): FleetEvent => ({
  id: eventId({ xid: BigInt(xid), id }),
  at: at.toISOString(),
  ...rest,
})
