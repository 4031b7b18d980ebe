import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jetstream } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { encodeReport, subjects, systemClock } from '@roadstead/proto'
import { startNats, startPostgres, until } from '@roadstead/test/harness'
import { migrate, openDatabase } from '../db/index.ts'
import { ensureStreams } from '../nats/index.ts'
import { seedFleet } from '../readmodel/testing.ts'
import { createTelemetry } from '../telemetry/index.ts'
import { createIntake } from './index.ts'
import { appReport, cluster } from './testing.ts'

test('reports that come while the database is down are in it once it is back', async () => {
  await using postgres = await startPostgres({ durable: true })
  await using nats = await startNats()
  await using cleanup = new AsyncDisposableStack()
  const database = openDatabase({ url: postgres.url, poolSize: 3, statementTimeoutMs: 5_000 })
  cleanup.defer(() => database.destroy())
  await migrate(database)
  await seedFleet(database, { clusters: { c1: { environment: 'dev', apps: ['web'] } } })
  const connection = await connect({ servers: nats.url })
  cleanup.defer(() => connection.close())
  await ensureStreams(connection)
  const telemetry = createTelemetry({ serviceName: 'test', version: '0', logLevel: 'silent' })
  cleanup.defer(() => telemetry.close())
  const intake = createIntake(
    { connection, database, telemetry, clock: systemClock },
    { silentAfterMs: 60_000 },
  )
  cleanup.defer(() => intake.close())

  const send = (seq: number) =>
    jetstream(connection).publish(subjects.report(cluster('c1')), encodeReport(appReport({ seq })))
  const seq = async () => (await database.selectFrom('app_status').select('seq').executeTakeFirst())?.seq
  await send(1)
  await until(async () => (await seq()) === 1)
  await postgres.kill()
  for (let n = 2; n <= 50; n++) await send(n)
  await postgres.restart()
  await until(async () => (await seq()) === 50, { deadlineMs: 30_000, message: 'the last report is in' })
  const stream = await jetstream(connection).streams.get('REPORTS')
  await until(async () => (await stream.info()).state.messages === 0, { message: 'all is acknowledged' })
  assert.equal(await seq(), 50)
})
