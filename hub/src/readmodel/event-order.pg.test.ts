import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { testDatabase } from '../db/testing.ts'
import { eventsAfter, listEvents } from './index.ts'

// The numbers of transactions were sorted as text: after 999 came 1000, and whoever asked for the latest events
// never saw another one.
test('events are in the order of their transactions, however many digits those have', async () => {
  await using db = await testDatabase()
  for (const xid of ['9', '10', '99', '100']) {
    await sql`insert into events (xid, type, message) values (${xid}::xid8, 'test.event', ${xid})`.execute(
      db.database,
    )
  }
  const pages: string[] = []
  for (let cursor: string | undefined, page = 0; page < 4; page++) {
    const { items, nextCursor } = await listEvents(db.database, {}, { limit: 1, cursor })
    pages.push(...items.map(({ message }) => message))
    cursor = nextCursor
  }
  assert.deepEqual(pages, ['100', '99', '10', '9'])
  const after = await eventsAfter(db.database, {}, { xid: 9n, id: 1_000 }, 10)
  assert.deepEqual(
    after.map(({ message }) => message),
    ['10', '99', '100'],
  )
})
