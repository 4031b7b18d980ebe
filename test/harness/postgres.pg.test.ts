import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { startPostgres } from './postgres.ts'
import { temporaryDirectory } from './temporary.ts'

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client(url)
  client.on('error', () => {}) // the server going away is what some tests are about
  await client.connect()
  try {
    return (await client.query({ text, rowMode: 'array' })).rows.flat()
  } finally {
    await client.end()
  }
}

test('what was committed survives a stop, a kill and a new owner of the data', async () => {
  using directory = temporaryDirectory('kept')
  const dataDirectory = join(directory.path, 'data')
  const first = await startPostgres({ dataDirectory, durable: true })
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer')
  await first.restart()
  assert.deepEqual(await query(first.url, 'SELECT answer FROM kept'), [42])
  await first.kill()
  await first.restart()
  assert.deepEqual(await query(first.url, 'SELECT answer FROM kept'), [42])
  // Nobody stops the first: its owner is as good as dead, and the second takes over.
  await using second = await startPostgres({ dataDirectory, durable: true })
  assert.deepEqual(await query(second.url, 'SELECT answer FROM kept'), [42])
})

test('a lock file that names another process does not stop the start', async () => {
  using directory = temporaryDirectory('stale')
  const dataDirectory = join(directory.path, 'data')
  const first = await startPostgres({ dataDirectory })
  await first.stop()
  writeFileSync(join(first.dataDirectory, 'postmaster.pid'), `${process.pid}\n${first.dataDirectory}\n`)
  await using second = await startPostgres({ dataDirectory })
  assert.deepEqual(await query(second.url, 'SELECT 1'), [1])
})

test('a server that cannot start is an error with the end of its log', async () => {
  await assert.rejects(
    startPostgres({ settings: { max_connections: 'many' } }),
    /PostgreSQL ended.*max_connections/s,
  )
})

test('a directory of something else is left alone', async () => {
  using directory = temporaryDirectory('foreign')
  const dataDirectory = join(directory.path, 'photographs')
  mkdirSync(dataDirectory)
  await assert.rejects(startPostgres({ dataDirectory }), /photographs exists, but it is not PostgreSQL data/)
})

test('the server asks for the password, on the loopback interface alone', async () => {
  await using server = await startPostgres()
  const wrong = new URL(server.url)
  wrong.password = 'guessed'
  await assert.rejects(query(wrong.href, 'SELECT 1'), /password authentication failed/)
  assert.deepEqual(await query(server.url, 'SHOW listen_addresses'), ['127.0.0.1'])
})
