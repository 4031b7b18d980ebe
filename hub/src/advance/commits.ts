import type { CommitId } from '@roadstead/proto'
import type { DatabaseTransaction } from '../db/index.ts'
import { type CommitDetails, type FleetProblem, sourceLimits } from '../source/index.ts'

export interface FleetState {
  readonly head: CommitId
  readonly inForce: CommitId | null
}

/** What the database says of the fleet; locked until the transaction ends. */
export async function lockFleet(transaction: DatabaseTransaction): Promise<FleetState | undefined> {
  const row = await transaction.selectFrom('fleet').selectAll().forUpdate().executeTakeFirst()
  return row && { head: row.head, inForce: row.in_force }
}

export interface CommitRecord {
  readonly commit: CommitDetails
  readonly status: 'in-force' | 'invalid' | 'rejected'
  readonly problems: readonly FleetProblem[]
  readonly traceparent: string | undefined
}

/**
 * Writes what became of a commit.
 *
 * @returns whether that is news; a refused push never changes what is said of a commit that got in
 */
export async function writeCommit(
  transaction: DatabaseTransaction,
  { commit, status, problems, traceparent }: CommitRecord,
): Promise<boolean> {
  const old = await transaction
    .selectFrom('commits')
    .select('status')
    .where('id', '=', commit.id)
    .executeTakeFirst()
  if (old?.status === status || (status === 'rejected' && old)) return false
  const judged = { status, problems: JSON.stringify(problems.slice(0, sourceLimits.problems)) }
  await transaction
    .insertInto('commits')
    .values({
      id: commit.id,
      author_name: commit.authorName,
      author_email: commit.authorEmail,
      message: commit.message,
      authored_at: commit.authoredAt,
      traceparent: traceparent ?? null,
      ...judged,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(judged))
    .execute()
  return true
}

/** The head changed nothing: what was in force stays so. */
export async function setHead(transaction: DatabaseTransaction, head: CommitId): Promise<void> {
  await transaction
    .insertInto('fleet')
    .values({ name: '', head, in_force: null })
    .onConflict((conflict) => conflict.column('singleton').doUpdateSet({ head, updated_at: new Date() }))
    .execute()
}

/** The head is what clusters should run from now on; the commit before it is superseded. */
export async function setInForce(
  transaction: DatabaseTransaction,
  name: string,
  head: CommitId,
): Promise<void> {
  await transaction
    .updateTable('commits')
    .set({ status: 'superseded' })
    .where('status', '=', 'in-force')
    .where('id', '<>', head)
    .execute()
  await transaction
    .insertInto('fleet')
    .values({ name, head, in_force: head })
    .onConflict((conflict) =>
      conflict.column('singleton').doUpdateSet({ name, head, in_force: head, updated_at: new Date() }),
    )
    .execute()
}
