import { createDatabase } from '@roadstead/test/harness'
import { type Database, migrate, openDatabase } from './database.ts'

export interface TestDatabase extends AsyncDisposable {
  readonly database: Database
  readonly url: string
}

/** A migrated database of its own for one test, on the test process's PostgreSQL server. */
export async function testDatabase(): Promise<TestDatabase> {
  const created = await createDatabase({ name: 'hub', prepare: prepareTemplate })
  const database = openPool(created.url)
  return {
    database,
    url: created.url,
    async [Symbol.asyncDispose]() {
      await database.destroy()
      await created.drop()
    },
  }
}

const openPool = (url: string) => openDatabase({ url, poolSize: 4, statementTimeoutMs: 30_000 })

async function prepareTemplate(url: string): Promise<void> {
  const database = openPool(url)
  await migrate(database)
  await database.destroy()
}
