import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { codeOf } from '@roadstead/proto'
import { type Database, recordEvents } from '../db/index.ts'
import { testDatabase } from '../db/testing.ts'
import {
  eventsAfter,
  listClusters,
  listCommits,
  listEvents,
  listPlacements,
  readCommit,
  readEventHorizon,
} from './index.ts'
import { commitOf, seedFleet } from './testing.ts'
import type { Page, PageRequest } from './types.ts'

const clusters = (names: readonly string[]) => ({
  clusters: Object.fromEntries(names.map((name) => [name, { environment: 'dev', apps: ['web', 'api'] }])),
})

/** All items, with something that happens after every page. */
async function pagesOf<T>(
  list: (request: PageRequest) => Promise<Page<T>>,
  between: () => Promise<void>,
): Promise<T[]> {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page: Page<T> = await list({ limit: 2, cursor })
    items.push(...page.items)
    cursor = page.nextCursor
    await between()
  } while (cursor !== undefined)
  return items
}

describe('while rows are added, a list that is paged through', () => {
  test('shows each cluster once and misses none that was there', async () => {
    await using db = await testDatabase()
    const there = ['c1', 'c3', 'c5', 'c7', 'c9']
    await seedFleet(db.database, clusters(there))
    let added = 0
    const seen = await pagesOf(
      (request) => listClusters(db.database, {}, request),
      () => seedFleet(db.database, clusters([`c${added++ % 10}x`, `a${added}`])),
    )
    const names = seen.map(({ name }) => name)
    assert.equal(new Set(names).size, names.length)
    assert.deepEqual(
      there.filter((name) => !names.includes(name)),
      [],
    )
  })

  test('shows each placement once', async () => {
    await using db = await testDatabase()
    await seedFleet(db.database, clusters(['c1', 'c2', 'c3']))
    const seen = await pagesOf(
      (request) => listPlacements(db.database, {}, request),
      () => seedFleet(db.database, clusters(['c0'])),
    )
    assert.deepEqual(
      seen.map(({ cluster, app }) => `${cluster}/${app}`),
      ['c1/api', 'c1/web', 'c2/api', 'c2/web', 'c3/api', 'c3/web'],
    )
  })

  for (const order of ['asc', 'desc'] as const) {
    test(`shows each event once, ${order}`, async () => {
      await using db = await testDatabase()
      for (const name of ['e1', 'e2', 'e3', 'e4', 'e5']) await tell(db.database, name)
      let late = 0
      const seen = await pagesOf(
        (request) => listEvents(db.database, {}, request, order),
        () => (late < 3 ? tell(db.database, `late${++late}`) : Promise.resolve()),
      )
      const first = seen.map(({ message }) => message).filter((message) => message.startsWith('e'))
      assert.deepEqual(order === 'asc' ? first : first.toReversed(), ['e1', 'e2', 'e3', 'e4', 'e5'])
      assert.equal(new Set(seen.map(({ id }) => id)).size, seen.length)
    })
  }
})

test('an event that commits late is never skipped by a reader that is ahead', async () => {
  await using db = await testDatabase()
  const start = (await readEventHorizon(db.database)).position
  let commitLate = () => {}
  const held = new Promise<void>((resolve) => {
    commitLate = resolve
  })
  let begun = () => {}
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve
  })
  const late = db.database.transaction().execute(async (transaction) => {
    await recordEvents(transaction, [{ type: 'test.told', message: 'late' }])
    begun()
    await held
  })
  await hasBegun
  await tell(db.database, 'early')
  assert.deepEqual(await eventsAfter(db.database, {}, start, 10), [], 'the early one waits for the older one')
  assert.equal((await readEventHorizon(db.database)).waiting, true)
  commitLate()
  await late
  const events = await eventsAfter(db.database, {}, start, 10)
  assert.deepEqual(
    events.map(({ message }) => message),
    ['late', 'early'],
  )
})

test('a cursor that is none of the list is refused', async () => {
  await using db = await testDatabase()
  const foreign = Buffer.from('["x",1]').toString('base64url')
  for (const cursor of ['!', 'bnVsbA', foreign]) {
    for (const list of [listClusters, listPlacements, listEvents, listCommits]) {
      await assert.rejects(
        list(db.database, {}, { limit: 1, cursor }),
        (error) => codeOf(error) === 'bad-request',
      )
    }
  }
})

test('a commit is found by the beginning of its id, unless several begin so', async () => {
  await using db = await testDatabase()
  await seedFleet(db.database, clusters(['c1']))
  const id = commitOf('v1')
  assert.equal((await readCommit(db.database, id.slice(0, 8)))?.id, id)
  assert.equal(await readCommit(db.database, 'ffffffff'), undefined)
  const other = `${id.slice(0, 10)}${id.slice(10).replace(/[0-9]/g, 'a')}`
  await db.database
    .insertInto('commits')
    .values({
      id: other as never,
      author_name: 'x',
      author_email: 'x',
      message: 'x',
      authored_at: new Date(),
      status: 'invalid',
      traceparent: null,
    })
    .execute()
  await assert.rejects(readCommit(db.database, id.slice(0, 8)), (error) => codeOf(error) === 'conflict')
  assert.equal((await readCommit(db.database, id))?.id, id)
})

const tell = (database: Database, message: string) =>
  database.transaction().execute((transaction) => recordEvents(transaction, [{ type: 'test.told', message }]))
