import { RoadsteadError } from '@roadstead/proto'
import { sql } from 'kysely'
import type { CommitStatus, Queryable, SourceProblem } from '../db/index.ts'
import { decodeCursor, page } from './cursor.ts'
import type { Commit, Page, PageRequest } from './types.ts'

interface Row {
  readonly id: string
  readonly ordinal: number
  readonly status: CommitStatus
  readonly author_name: string
  readonly author_email: string
  readonly message: string
  readonly authored_at: Date
  readonly received_at: Date
  readonly problems: readonly SourceProblem[]
}

/** Commits in the order in which the hub saw them, the latest first. */
export async function listCommits(
  database: Queryable,
  { status }: { readonly status?: CommitStatus | undefined },
  { limit, cursor }: PageRequest,
): Promise<Page<Commit>> {
  const [before] = decodeCursor(cursor, [0]) ?? []
  const { rows } = await sql<Row>`
    select * from commits
    where ${before === undefined ? sql`true` : sql`ordinal < ${before}`}
      and ${status === undefined ? sql`true` : sql`status = ${status}`}
    order by ordinal desc limit ${limit + 1}`.execute(database)
  return page(rows, limit, commit, ({ ordinal }) => [ordinal])
}

/**
 * One commit, by its id or an unambiguous beginning of it; undefined when the hub saw none.
 *
 * @throws RoadsteadError `conflict` when several begin like this
 */
export async function readCommit(database: Queryable, prefix: string): Promise<Commit | undefined> {
  const { rows } = await sql<Row>`
    select * from commits where id >= ${prefix} and id < ${`${prefix}g`} order by id limit 2`.execute(
    database,
  )
  const [first, second] = rows
  if (first !== undefined && second !== undefined && first.id !== prefix) {
    throw new RoadsteadError('conflict', `several commits begin with ${prefix}: give more of the id`)
  }
  return first === undefined ? undefined : commit(first)
}

const commit = (row: Row): Commit => ({
  id: row.id,
  status: row.status,
  author: { name: row.author_name, email: row.author_email },
  message: row.message,
  authoredAt: row.authored_at.toISOString(),
  receivedAt: row.received_at.toISOString(),
  problems: row.problems,
})
