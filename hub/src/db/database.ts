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

/** How long a new connection may take, a full pool may keep a caller waiting, and a transaction may do nothing. */
const connectTimeoutMs = 10_000
const idleTransactionMs = 60_000
/** After this much silence the peer is asked whether it is there; it has ten seconds to say so. */
export const keepAliveMs = 10_000

/**
 * A pool of connections. `bigint` is read as a number: generations, sequences and counts stay far below
 * 2⁵³. A connection that breaks is dropped by the pool and the statement on it fails as `unavailable`.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize,
    statement_timeout: options.statementTimeoutMs,
    // A replica that hangs in a transaction would hold its locks, and hold back all events.
    idle_in_transaction_session_timeout: idleTransactionMs,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: keepAliveMs,
    application_name: 'roadstead-hub',
    types: {
      getTypeParser: (oid, format) =>
        oid === int8 && format !== 'binary' ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  })
  // An idle connection that the server closes is not an error: the pool makes a new one. Of one in use the
  // query hears; the event besides would end the process if nobody listened, and the pool does not.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
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

/**
 * Classes of SQLSTATE that blame the values: what does not fit its type, breaks a constraint or is too large
 * will never be taken.
 */
const valueClasses = new Set(['22', '23', '54'])
/** Classes that blame the statement, the schema or the rights: a fault of ours or of the installation. */
const ownClasses = new Set(['0A', '25', '28', '2F', '3D', '3F', '42', 'XX'])
/** What only our own code throws, on the way to the database or back. */
const mistakes = [TypeError, RangeError, ReferenceError, SyntaxError]
/** In class 25: the server is a standby, or becomes one. */
const readOnly = '25006'

/**
 * The one translator of what PostgreSQL and its driver throw. Only values that it refuses are `terminal`,
 * and our own mistakes. A disk that is full, a standby, a missing right or table are put right by somebody:
 * what could not be written is to be kept until then.
 */
export function databaseError(error: unknown): RoadsteadError {
  if (error instanceof RoadsteadError) return error
  if (mistakes.some((kind) => error instanceof kind))
    return new RoadsteadError('internal', 'the hub made a mistake', { cause: error })
  const code = (error as { code?: unknown } | null)?.code
  // The driver's own errors and the system's (`ECONNREFUSED`) are no SQLSTATE.
  const state = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : ''
  const refused = `the database refused a statement (SQLSTATE ${state})`
  const stateClass = state.slice(0, 2)
  if (valueClasses.has(stateClass)) return new RoadsteadError('internal', refused, { cause: error })
  return ownClasses.has(stateClass) && state !== readOnly
    ? new RoadsteadError('internal', refused, { retry: 'retry', cause: error })
    : new RoadsteadError('unavailable', 'the database does not answer', { retry: 'retry', cause: error })
}
