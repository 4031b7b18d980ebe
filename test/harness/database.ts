/** Databases for tests: one server per test process, a new database as often as one is wanted. */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { type Postgres, startPostgres } from './postgres.ts'

export interface Template {
  /** Names it within this process. */
  name: string
  /** Fills the database that all others of this name are copied from, such as by running the migrations. */
  prepare: (url: string) => Promise<void>
}

export interface Database extends AsyncDisposable {
  readonly name: string
  readonly url: string
  /** Disconnects its clients and removes it. It also goes away with the process. */
  drop(): Promise<void>
}

let server: Promise<Postgres> | undefined
const templates = new Map<string, Promise<string>>()

/** The server of this test process, started on first use; it ends with the process. Do not stop or kill it. */
export function sharedPostgres(): Promise<Postgres> {
  server ??= startPostgres()
  return server
}

/** A new database on the shared server: an empty one, or a copy of the template, which is made on first use. */
export async function createDatabase(template?: Template): Promise<Database> {
  const postgres = await sharedPostgres()
  const source = template === undefined ? 'template0' : await prepared(template)
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await execute(postgres.url, `CREATE DATABASE "${name}" TEMPLATE "${source}"`)
  const drop = () => execute(postgres.url, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
  return { name, url: postgres.urlOf(name), drop, [Symbol.asyncDispose]: drop }
}

function prepared(template: Template): Promise<string> {
  const known = templates.get(template.name)
  if (known !== undefined) return known
  const name = prepare(template)
  templates.set(template.name, name)
  return name
}

async function prepare({ prepare }: Template): Promise<string> {
  const database = await createDatabase()
  await prepare(database.url)
  const { url } = await sharedPostgres()
  // A connection that `prepare` is still closing would make every copy fail.
  await execute(url, `ALTER DATABASE "${database.name}" ALLOW_CONNECTIONS false`)
  await execute(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database.name}'`,
  )
  return database.name
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
