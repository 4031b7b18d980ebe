import assert from 'node:assert/strict'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, test } from 'node:test'
import { RoadsteadError } from '@roadstead/proto'
import { createDatabase, until } from '@roadstead/test/harness'
import { sql } from 'kysely'
import { type Database, databaseError, migrate, openDatabase } from './database.ts'
import { type Leadership, tryToLead } from './leader.ts'
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

describe('a leader whose network swallows everything', () => {
  test('leads no more, and another one does', async () => {
    await using test = await testDatabase()
    await using wire = await swallowingWire(test.url)
    const first = await tryToLead(wire.url, { tryMs: 50, answerMs: 2_000, silenceMs: 3_000 })
    assert.ok(first)
    wire.swallow()
    await until(() => first.signal.aborted, { message: 'the old leader notices' })
    let second: Leadership | undefined
    await until(
      async () => {
        second = await tryToLead(test.url)
        return second !== undefined
      },
      { message: 'the server notices, too' },
    )
    await first.release()
    await second?.release()
  })
})

describe('a connection that breaks while it is in use', () => {
  test('fails what is done on it, and nothing else', async () => {
    await using test = await testDatabase()
    const idle = test.database.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction)
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(test.database)
      await until(async () => (await backends(test.database, rows[0]?.pid)) === 0, { message: 'it is gone' })
      await sql`select 1`.execute(transaction)
    })
    const failed = await idle.then(() => undefined, databaseError)
    assert.ok(failed?.code === 'unavailable' && failed.retry === 'retry')
    await sql`select 1`.execute(test.database)
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

    const standby = await test.database
      .transaction()
      .setAccessMode('read only')
      .execute((transaction) =>
        sql`insert into outbox (kind, key) values ('release', 'x')`.execute(transaction),
      )
      .catch(databaseError)
    assert.ok(standby instanceof RoadsteadError && standby.code === 'unavailable')

    const unfinished = await sql`select 1 from not_migrated_yet`.execute(test.database).catch(databaseError)
    assert.ok(unfinished instanceof RoadsteadError && unfinished.retry === 'retry')

    const full = databaseError(Object.assign(new Error('no space left on device'), { code: '53100' }))
    assert.deepEqual([full.code, full.retry], ['unavailable', 'retry'])

    const mistake = databaseError(new TypeError('nothing is not iterable'))
    assert.deepEqual([mistake.code, mistake.retry], ['internal', 'terminal'])

    const unreachable = pool('postgres://nobody@127.0.0.1:1/none')
    const failed = await sql`select 1`.execute(unreachable).catch(databaseError)
    assert.ok(failed instanceof RoadsteadError && failed.code === 'unavailable' && failed.retry === 'retry')
    await unreachable.destroy()
  })
})

async function backends(database: Database, pid: number | undefined): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from pg_stat_activity where pid = ${pid}`.execute(database)
  return rows[0]?.count ?? 0
}

/** A way to the database that can stop carrying anything, in both directions, without being closed. */
async function swallowingWire(url: string) {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
    near.pipe(far)
    far.pipe(near)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const wire = new URL(url)
  wire.port = String((server.address() as AddressInfo).port)
  return {
    url: wire.href,
    swallow() {
      for (const socket of sockets) socket.unpipe().pause()
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
