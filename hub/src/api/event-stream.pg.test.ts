import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { until } from '@roadstead/test/harness'
import { fastify } from 'fastify'
import { type Database, listen, recordEvents } from '../db/index.ts'
import { testDatabase } from '../db/testing.ts'
import { listEvents } from '../readmodel/index.ts'
import { createEventFeed } from './event-feed.ts'
import { createEventStreams } from './event-stream.ts'
import { authorization, testApi } from './testing.ts'

const tell = (database: Database, message: string, type = 'test.told') =>
  database.transaction().execute((transaction) => recordEvents(transaction, [{ type, message }]))

interface Follower extends Disposable {
  readonly ids: string[]
  readonly messages: string[]
  /** What an EventSource would send to resume. */
  lastEventId(): string
  readonly ended: Promise<void>
}

/** Follows the stream as an EventSource does. */
async function follow(url: string, lastEventId?: string, query = ''): Promise<Follower> {
  const stop = new AbortController()
  const resume: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId }
  const answer = await fetch(`${url}/v1/events${query}`, {
    headers: { accept: 'text/event-stream', ...authorization, ...resume },
    signal: stop.signal,
  })
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/)
  const ids: string[] = []
  const messages: string[] = []
  let last = lastEventId ?? ''
  const read = async () => {
    let text = ''
    for await (const chunk of answer.body!.pipeThrough(
      new TextDecoderStream() as never,
    ) as AsyncIterable<string>) {
      const blocks = `${text}${chunk}`.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, id] = /^id: (.*)$/m.exec(block) ?? []
        const [, data] = /^data: (.*)$/m.exec(block) ?? []
        last = id ?? last
        if (data === undefined) continue
        ids.push(id ?? '')
        messages.push((JSON.parse(data) as { message: string }).message)
      }
    }
  }
  const ended = read().catch(() => {})
  await until(() => last !== '', { message: 'the stream says where it starts' })
  return { ids, messages, lastEventId: () => last, ended, [Symbol.dispose]: () => stop.abort() }
}

describe('an event stream', () => {
  test('tells what happens from now on, and nothing from before', async () => {
    await using api = await testApi()
    await tell(api.database, 'before')
    using follower = await follow(api.url)
    await tell(api.database, 'after')
    await until(() => follower.messages.length > 0)
    assert.deepEqual(follower.messages, ['after'])
  })

  test('filters', async () => {
    await using api = await testApi()
    await tell(api.database, 'zero', 'app.healthy')
    const { items } = await listEvents(api.database, {}, { limit: 1 })
    using narrow = await follow(api.url, undefined, '?type=app.*')
    // From the database, for it resumes before what is kept.
    using resumed = await follow(api.url, `${BigInt(items[0]!.id.split('-')[0]!) - 1n}-1`, '?type=app.*')
    await tell(api.database, 'one', 'cluster.silent')
    await tell(api.database, 'two', 'app.failed')
    await until(() => narrow.messages.length === 1 && resumed.messages.length === 2)
    assert.deepEqual([narrow.messages, resumed.messages], [['two'], ['zero', 'two']])
  })

  test('that breaks before its first event loses none', async () => {
    await using api = await testApi()
    let position: string
    {
      using follower = await follow(api.url)
      position = follower.lastEventId()
    }
    await tell(api.database, 'in between')
    using again = await follow(api.url, position)
    await until(() => again.messages.length > 0)
    assert.deepEqual(again.messages, ['in between'])
  })

  test('ends when the server does, so that readers go elsewhere', async () => {
    await using api = await testApi()
    using follower = await follow(api.url)
    await api.api.close()
    await follower.ended
  })

  test('refuses to resume after what is no event', async () => {
    await using api = await testApi()
    const answer = await api.fetch('/v1/events', {
      headers: { accept: 'text/event-stream', 'last-event-id': 'yesterday' },
    })
    assert.equal(answer.status, 400)
    await answer.arrayBuffer()
  })
})

test('readers that come and go under concurrent writers, on two replicas, see each event once and in one order', async () => {
  await using db = await testDatabase()
  const onEvents = (call: () => void) => listen(db.url, ['rs_events'], call)
  await using one = await testApi({ database: db.database, onEvents })
  await using two = await testApi({ database: db.database, onEvents })
  const writers = 6
  const perWriter = 25
  const total = writers * perWriter
  // Transactions of different lengths, some of which stay open while later ones commit.
  const write = async (writer: number) => {
    for (let n = 0; n < perWriter; n++) {
      await db.database.transaction().execute(async (transaction) => {
        await recordEvents(transaction, [{ type: 'test.told', message: `${writer}/${n}` }])
        await new Promise((resolve) => setTimeout(resolve, (writer * 7 + n * 3) % 11))
      })
    }
  }
  const seen: string[] = []
  const ids: string[] = []
  let position: string | undefined
  let isWriting = true
  const read = async () => {
    for (let turn = 0; isWriting || seen.length < total; turn++) {
      using follower = await follow(turn % 2 === 0 ? one.url : two.url, position)
      const enough = 1 + (turn % 17)
      await until(
        () => follower.messages.length >= enough || seen.length + follower.messages.length >= total,
        {
          message: `turn ${turn}: ${seen.length} seen`,
        },
      )
      const count = follower.messages.length
      seen.push(...follower.messages.slice(0, count))
      ids.push(...follower.ids.slice(0, count))
      position = ids.at(-1)
    }
  }
  using starter = await follow(one.url)
  position = starter.lastEventId()
  await Promise.all([
    Promise.all(Array.from({ length: writers }, (_, writer) => write(writer))).then(() => {
      isWriting = false
    }),
    read(),
  ])
  const { items } = await listEvents(db.database, {}, { limit: 1_000 }, 'asc')
  assert.equal(items.length, total)
  assert.deepEqual(
    ids,
    items.map(({ id }) => id),
  )
  assert.deepEqual(
    seen,
    items.map(({ message }) => message),
  )
})

test('a reader that takes nothing is cut off, and the others are not kept waiting', async () => {
  await using db = await testDatabase()
  const feed = createEventFeed(
    { database: db.database, onEvents: (call) => listen(db.url, ['rs_events'], call) },
    assert.ifError,
  )
  const streams = createEventStreams(feed, { stalledMs: 200 })
  const server = fastify()
  server.get('/v1/events', async (request, reply) => {
    await streams.open(request, reply, {})
    return reply
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  const stalled = connect(Number(new URL(url).port), '127.0.0.1')
  stalled.on('error', () => {})
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => server.close())
  cleanup.defer(() => feed.close())
  cleanup.defer(() => streams.close())
  cleanup.defer(() => void stalled.destroy())
  stalled.write('GET /v1/events HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n')
  await once(stalled, 'readable')
  using reader = await follow(url)
  assert.equal(streams.count(), 2)
  // Soon more than the system's buffers between the two ends hold.
  const large = 'x'.repeat(1_000_000)
  let told = 0
  await until(
    async () => {
      await tell(db.database, `${told++} ${large}`)
      return streams.count() === 1
    },
    { message: 'the stalled stream is given up', deadlineMs: 30_000 },
  )
  await until(() => reader.messages.length === told, {
    message: 'the other reader has all',
    deadlineMs: 30_000,
  })
})
