import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import {
  decodeAsk,
  encodeAnswer,
  encodeHeartbeat,
  encodeReport,
  type Report,
  reportsConsumer,
  stateDigest,
  streams,
  subjects,
  systemClock,
} from '@roadstead/proto'
import { type Nats, startNats, until } from '@roadstead/test/harness'
import { sql } from 'kysely'
import { type TestDatabase, testDatabase } from '../db/testing.ts'
import { ensureStreams } from '../nats/index.ts'
import { seedFleet } from '../readmodel/testing.ts'
import { createTelemetry, type Telemetry } from '../telemetry/index.ts'
import { createIntake } from './index.ts'
import { appReport, cluster, receipt } from './testing.ts'

const c1 = cluster('c1')

describe('intake', () => {
  let nats: Nats
  let hub: NatsConnection
  let telemetry: Telemetry
  let db: TestDatabase
  before(async () => {
    nats = await startNats()
    hub = await connect({ servers: nats.url, reconnectTimeWait: 50, maxReconnectAttempts: -1 })
    telemetry = createTelemetry({ serviceName: 'test', version: '0', logLevel: 'silent' })
  })
  after(async () => {
    await hub?.close()
    await telemetry?.close()
    await db?.[Symbol.asyncDispose]()
    await nats?.stop()
  })
  beforeEach(async () => {
    await db?.[Symbol.asyncDispose]()
    db = await testDatabase()
    await seedFleet(db.database, { clusters: { c1: { environment: 'dev', apps: ['web'] } } })
    await ensureStreams(hub)
    await (await jetstreamManager(hub)).streams.purge(streams.reports)
  })

  const start = (silentAfterMs = 60_000) => {
    const intake = createIntake(
      { connection: hub, database: db.database, telemetry, clock: systemClock, random: () => 0 },
      { silentAfterMs },
    )
    return { [Symbol.asyncDispose]: () => intake.close() }
  }
  const send = (report: Report | Uint8Array, name = 'c1') =>
    jetstream(hub).publish(
      subjects.report(cluster(name)),
      report instanceof Uint8Array ? report : encodeReport(report),
    )
  const rows = () => db.database.selectFrom('app_status').select(['boot', 'seq', 'phase']).execute()
  /** Reports that are not acknowledged, whether given out or not. */
  const unacknowledged = async () => {
    const manager = await jetstreamManager(hub)
    const { num_pending, num_ack_pending } = await manager.consumers.info(streams.reports, reportsConsumer)
    return num_pending + num_ack_pending
  }

  test('takes what waited in the stream and what comes, and acknowledges it', async () => {
    await send(receipt({}))
    await send(appReport({ seq: 2, phase: 'applying' }))
    await using _ = start()
    await until(async () => (await rows())[0]?.phase === 'applying')
    await send(appReport({ seq: 3, phase: 'applied' }))
    await until(async () => (await rows())[0]?.phase === 'applied')
    await until(async () => (await unacknowledged()) === 0)
  })

  test('of two thousand reports loses none', async () => {
    const count = 2_000
    await using _ = start()
    await Promise.all(
      Array.from({ length: count }, (_, n) => send(appReport({ seq: n + 1 }), n % 2 ? 'c1' : 'c2')),
    )
    await until(async () => (await unacknowledged()) === 0, { deadlineMs: 30_000 })
    assert.deepEqual(await rows(), [{ boot: 1, seq: count, phase: 'applying' }])
  })

  test('that is closed in the middle takes all it was given, and leaves the rest to the next', async () => {
    const count = 600
    const sent = Promise.all(Array.from({ length: count }, (_, n) => send(appReport({ seq: n + 1 }))))
    {
      await using _ = start()
      await until(async () => (await rows()).length > 0)
    }
    await sent
    await until(async () => {
      const manager = await jetstreamManager(hub)
      return (await manager.consumers.info(streams.reports, reportsConsumer)).num_ack_pending === 0
    })
    await using _ = start()
    await until(async () => (await rows())[0]?.seq === count)
  })

  test('drops what it can not read or store, tells it, and goes on', async () => {
    await using _ = start()
    await send(Buffer.from('no JSON'))
    // A year that JavaScript has and PostgreSQL has not: only the database can refuse it.
    await send(appReport({ seq: 5, at: '0000-01-01T00:00:00.000Z' }))
    await send(appReport({ seq: 4, phase: 'failed', health: { status: 'Degraded', reason: 'a\0b \ud800' } }))
    await until(async () => (await rows())[0]?.seq === 4)
    await until(async () => (await unacknowledged()) === 0)
    const told = await until(async () => {
      const found = await db.database
        .selectFrom('events')
        .selectAll()
        .where('type', '=', 'report.refused')
        .execute()
      return found.length > 0 && found
    })
    assert.deepEqual(
      told.map((event) => event.cluster),
      ['c1'],
      'once, though two were refused',
    )
  })

  test('that crashed between commit and acknowledgement takes the same again without a trace', async () => {
    // The crash: a replica that was given the reports, has written them, and never says so.
    await send(receipt({}))
    await send(appReport({ seq: 2, phase: 'applied', applied: { generation: 1, at: receipt({}).at } }))
    const manager = await jetstreamManager(hub)
    const consumer = await jetstream(hub).consumers.get(streams.reports, reportsConsumer)
    const given = await consumer.fetch({ max_messages: 2, expires: 2_000 })
    const { decodeReceived } = await import('./received.ts')
    const { takeBatch } = await import('./store.ts')
    const batch = []
    for await (const message of given) {
      batch.push(decodeReceived(message.subject, message.data))
      message.nak()
    }
    await takeBatch(db.database, batch)
    const before = await sql`select to_jsonb(s) from app_status s`.execute(db.database)
    const events = await db.database.selectFrom('events').selectAll().execute()
    await using _ = start()
    await until(async () => (await unacknowledged()) === 0)
    assert.equal((await manager.streams.info(streams.reports)).state.messages, 0)
    assert.deepEqual((await sql`select to_jsonb(s) from app_status s`.execute(db.database)).rows, before.rows)
    assert.deepEqual(await db.database.selectFrom('events').selectAll().execute(), events)
  })

  test('goes on after the broker was killed, and makes up for its consumer being gone', async () => {
    await using _ = start()
    await send(appReport({ seq: 1 }))
    await until(async () => (await rows())[0]?.seq === 1)
    await nats.kill()
    await nats.restart()
    await until(() => send(appReport({ seq: 2 })), { deadlineMs: 20_000 })
    await until(async () => (await rows())[0]?.seq === 2, { deadlineMs: 20_000 })
    await (await jetstreamManager(hub)).consumers.delete(streams.reports, reportsConsumer)
    await ensureStreams(hub)
    await send(appReport({ seq: 3 }))
    await until(async () => (await rows())[0]?.seq === 3, { deadlineMs: 20_000 })
  })

  test('hears heartbeats, also after one that can not be read, and notices silence', async () => {
    await using _ = start(1_500)
    const beat = {
      boot: 1,
      at: receipt({}).at,
      stateDigest: stateDigest([]),
      agentVersion: '1',
      counts: { apps: 0, objects: 0, drifted: 0, unsent: 0 },
    }
    const status = () => db.database.selectFrom('cluster_status').selectAll().executeTakeFirst()
    hub.publish(subjects.heartbeat(c1), 'nonsense')
    hub.publish(subjects.heartbeat(c1), encodeHeartbeat(beat))
    await until(async () => (await status())?.agent_version === '1')
    await until(async () => (await status())?.silent, { message: 'the cluster is silent' })
    hub.publish(subjects.heartbeat(c1), encodeHeartbeat(beat))
    await until(async () => (await status())?.silent === false, { message: 'the cluster is back' })
  })

  test('asks an agent whose state it does not hold for all of its reports', async () => {
    const asked: string[] = []
    const agent = hub.subscribe(subjects.ask(c1), {
      callback: (_, message) => {
        asked.push(decodeAsk(message.data).kind)
        message.respond(encodeAnswer({ kind: 'ok' }))
      },
    })
    await using _ = start()
    const lost = { app: 'web', phase: 'applied', health: 'Healthy', drifted: 0 } as const
    hub.publish(
      subjects.heartbeat(c1),
      encodeHeartbeat({
        boot: 1,
        at: receipt({}).at,
        generation: 1,
        stateDigest: stateDigest([lost]),
        agentVersion: '1',
        counts: { apps: 1, objects: 1, drifted: 0, unsent: 0 },
      }),
    )
    await until(() => asked.length > 0)
    assert.deepEqual(asked, ['report'])
    agent.unsubscribe()
  })
})
