import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RoadsteadError } from '@roadstead/proto'
import { createDatabase, until } from '@roadstead/test/harness'
import { sql } from 'kysely'
import { databaseError, migrate, openDatabase } from './database.ts'
import { tryToLead } from './leader.ts'
import { listen, notify } from './listen.ts'
import { testDatabase } from './testing.ts'

const pool = (url: string) => openDatabase({ url, poolSize: 2, statementTimeoutMs: 5_000 })

describe('the schema', () => {
  test('is brought up to date by several replicas at once, and again without a change', async () => {
    await using created = await createDatabase()
    const replicas = [pool(created.url), pool(created.url), pool(created.url)]
    await Promise.all(replicas.map(migrate))
    await migrate(replicas[0]!)
    const { rows } = await sql<{ tables: number }>`
      select count(*) as tables from information_schema.tables where table_schema = 'public'`.execute(
      replicas[1]!,
    )
    assert.ok((rows[0]?.tables ?? 0) > 15)
    await Promise.all(replicas.map((replica) => replica.destroy()))
  })

  test('reads bigint as a number', async () => {
    await using test = await testDatabase()
    const { rows } = await sql<{ big: number }>`select 9007199254740991::bigint as big`.execute(test.database)
    assert.equal(rows[0]?.big, Number.MAX_SAFE_INTEGER)
  })
})

describe('the lock of the down path', () => {
  test('has one holder, passes on when it is released, and is gone with its connection', async () => {
    await using test = await testDatabase()
    const first = await tryToLead(test.url)
    assert.ok(first)
    assert.equal(await tryToLead(test.url), undefined)
    await first.release()

    const second = await tryToLead(test.url)
    assert.ok(second && !second.signal.aborted)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'roadstead-leader' and datname = current_database()`.execute(test.database)
    await until(() => second.signal.aborted, { message: 'the old leader notices' })
    const third = await tryToLead(test.url)
    assert.ok(third)
    await third.release()
  })
})

describe('a wake-up call', () => {
  test('reaches a listener, also one whose connection broke in between', async () => {
    await using test = await testDatabase()
    const calls: string[] = []
    const listener = listen(test.url, ['rs_events'], (channel) => calls.push(channel))
    await until(() => calls.length === 1, { message: 'the call on connecting' })
    await notify(test.database, 'rs_events')
    await notify(test.database, 'rs_outbox')
    await until(() => calls.length === 2, { message: 'the call' })
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'roadstead-listener' and datname = current_database()`.execute(test.database)
    await until(() => calls.length === 3, { message: 'the call on reconnecting' })
    assert.deepEqual(new Set(calls), new Set(['rs_events']))
    await listener.close()
  })
})

describe('what the database throws', () => {
  test('says whether to try again', async () => {
    await using test = await testDatabase()
    const refused = await test.database
      .insertInto('fleet')
      .values({ name: 'x', head: 'nope' as never, in_force: null })
      .execute()
      .catch(databaseError)
    assert.ok(
      refused instanceof RoadsteadError && refused.retry === 'terminal' && /23503/.test(refused.message),
    )

    const unreachable = pool('postgres://nobody@127.0.0.1:1/none')
    const failed = await sql`select 1`.execute(unreachable).catch(databaseError)
    assert.ok(failed instanceof RoadsteadError && failed.code === 'unavailable' && failed.retry === 'retry')
    await unreachable.destroy()
  })
})
