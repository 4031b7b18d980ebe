import assert from 'node:assert/strict'
import { test } from 'node:test'
import pg from 'pg'
import { createDatabase } from './database.ts'

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

test('databases of one template share its content and nothing after it', async () => {
  let preparations = 0
  const template = {
    name: 'greetings',
    prepare: async (url: string) => {
      preparations += 1
      await query(url, "CREATE TABLE greeting AS SELECT 'hello' AS word")
    },
  }
  const [one, other] = await Promise.all([createDatabase(template), createDatabase(template)])
  await query(one.url, "INSERT INTO greeting VALUES ('again')")
  assert.deepEqual(await query(one.url, 'SELECT word FROM greeting'), ['hello', 'again'])
  assert.deepEqual(await query(other.url, 'SELECT word FROM greeting'), ['hello'])
  assert.equal(preparations, 1)
})

test('a dropped database is gone although it had clients', async () => {
  const database = await createDatabase()
  const client = new pg.Client(database.url)
  client.on('error', () => {})
  await client.connect()
  await database.drop()
  await assert.rejects(query(database.url, 'SELECT 1'), /does not exist/)
})

test('a template that cannot be prepared says why', async () => {
  const template = {
    name: 'broken',
    prepare: (url: string) => query(url, 'SELECT * FROM nowhere').then(() => {}),
  }
  await assert.rejects(createDatabase(template), /relation "nowhere" does not exist/)
})
