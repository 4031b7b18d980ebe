import { RoadsteadError } from '@roadstead/proto'
import { Kysely, PostgresDialect, type Transaction } from 'kysely'
import { Migrator } from 'kysely/migration'
import pg from 'pg'
import { migrationProvider } from './migrations/index.ts'
import type { Tables } from './schema.ts'

export type Database = Kysely<Tables>
export type DatabaseTransaction = Transaction<Tables>
/** What a query needs: the pool or a transaction. */
export type Queryable = Database | DatabaseTransaction

export interface DatabaseOptions {
  readonly url: string
  readonly poolSize: number
  /** A statement that runs longer is cancelled by the server. */
  readonly statementTimeoutMs: number
}

const int8 = 20

/**
 * A pool of connections. `bigint` is read as a number: generations, sequences and counts stay far below
 * 2⁵³. A connection that breaks is dropped by the pool and the statement on it fails as `unavailable`.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    statement_timeout: options.statementTimeoutMs,
    application_name: 'roadstead-hub',
    types: {
      getTypeParser: (oid, format) =>
        oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  })
  // An idle connection that the server closes is not an error: the pool makes a new one.
  pool.on('error', () => {})
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
}

/**
 * Brings the schema up to date. Safe to call from several replicas at once: Kysely locks.
 *
 * @throws RoadsteadError `unavailable` with the failed migration's name and cause
 */
export async function migrate(database: Database): Promise<void> {
  const migrator = new Migrator({ db: database, provider: migrationProvider })
  const { error, results } = await migrator.migrateToLatest()
  if (error === undefined) return
  const failed = results?.find((result) => result.status === 'Error')
  throw new RoadsteadError('unavailable', `migration ${failed?.migrationName ?? ''} failed`, { cause: error })
}

const transientStates = new Set(['40001', '40P01', '53300', '55P03', '57014', '57P01', '57P02', '57P03'])

/** The one translator of what PostgreSQL and its driver throw. */
export function databaseError(error: unknown): RoadsteadError {
  if (error instanceof RoadsteadError) return error
  const state = (error as { code?: unknown } | null)?.code
  const text = typeof state === 'string' ? state : ''
  const broken = text === '' || text.startsWith('08') || text.startsWith('E') || transientStates.has(text)
  return broken
    ? new RoadsteadError('unavailable', 'the database does not answer', { retry: 'retry', cause: error })
    : new RoadsteadError('internal', `the database refused a statement (SQLSTATE ${text})`, {
        cause: error,
      })
}
