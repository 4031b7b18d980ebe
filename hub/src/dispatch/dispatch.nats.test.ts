import assert from 'node:assert/strict'
import { join } from 'node:path'
import { afterEach, before, beforeEach, describe, test } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import {
  type AppName,
  type AssignmentContent,
  type ClusterName,
  type CommitId,
  chunksOf,
  codeOf,
  type Digest,
  decodeAssignment,
  decodeRelease,
  decryptRelease,
  directGetAssignment,
  type EnvironmentName,
  encodeRelease,
  headers,
  openSeal,
  streams,
  subjects,
  systemClock,
  trustKeys,
  unwrapReleaseKey,
} from '@roadstead/proto'
import { findNatsServers, type Nats, startNats, temporaryDirectory, until } from '@roadstead/test/harness'
import { type TestDatabase, testDatabase } from '../db/testing.ts'
import { connectHub, createOperator, type Operator, serverConfig } from '../nats/index.ts'
import { createTelemetry } from '../telemetry/index.ts'
import { collectReleases } from './collect.ts'
import { createDispatch, type Dispatch } from './index.ts'
import { followLink } from './link.ts'

const commit = 'c'.repeat(40) as CommitId
const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`
const telemetry = createTelemetry({ serviceName: 'test', version: '0', logLevel: 'silent' })

const content = (cluster: string, release: { digest: Digest; bytes: number }): AssignmentContent => ({
  cluster: cluster as ClusterName,
  environment: 'dev' as EnvironmentName,
  labels: {},
  variables: {},
  allowEmpty: false,
  apps: [
    {
      app: 'web' as AppName,
      release: release.digest,
      releaseBytes: release.bytes,
      dependsOn: [],
      policy: { drift: {}, prune: {}, health: {} },
    },
  ],
  deletionApprovals: [],
})

const contentsOf = (clusters: readonly string[], release: { digest: Digest; bytes: number }) =>
  new Map(clusters.map((cluster) => [cluster as ClusterName, content(cluster, release)]))

for (const { path: binary, version } of await findNatsServers()) {
  describe(`dispatch through a broker of version ${version}`, () => {
    let operator: Operator
    let nats: Nats
    let connection: NatsConnection
    let own: TestDatabase
    let dispatch: Dispatch
    let stop: AbortController
    let running: Promise<void>
    const directory = temporaryDirectory('dispatch').path

    before(async () => {
      operator = createOperator(join(directory, 'secrets'))
    })
    const startBroker = async () => {
      const store = temporaryDirectory('store').path
      const config = serverConfig(operator, { accountsDirectory: join(store, 'accounts') })
      return startNats({ binary, config, storeDirectory: join(store, 'streams') })
    }
    const start = () => {
      stop = new AbortController()
      dispatch = createDispatch({
        database: own.database,
        databaseUrl: own.url,
        connection,
        issuer: operator,
        clock: systemClock,
        telemetry,
      })
      running = dispatch.run(stop.signal)
    }
    const halt = async () => {
      stop.abort()
      await running
    }
    const connectTo = (broker: Nats) =>
      connectHub({ urls: [broker.url], credentials: operator.hubCredentials, name: 'test' })

    beforeEach(async () => {
      nats = await startBroker()
      connection = await connectTo(nats)
      own = await testDatabase()
      start()
    })
    afterEach(async () => {
      await halt()
      await connection.close()
      await own[Symbol.asyncDispose]()
      await nats.stop()
    })

    /** Stores a release as rendering does. */
    const newRelease = async (fill: string) => {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { fill } }
      const { digest, bytes, compressed } = await encodeRelease({ objects: [object] })
      await own.database
        .insertInto('releases')
        .values({ digest, bytes, objects: 1, compressed: Buffer.from(compressed) })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      return { digest, bytes, compressed }
    }
    const assign = (contents: ReadonlyMap<ClusterName, AssignmentContent>) =>
      own.database
        .transaction()
        .execute((transaction) => dispatch.assign(transaction, { commit, traceparent, contents }))
    const stored = async (cluster: string) => {
      const answer = await connection.request(directGetAssignment(cluster as ClusterName))
      const payload = openSeal('assignment', answer.data, trustKeys([operator.signer.publicKey]))
      return { assignment: decodeAssignment(payload), headers: answer.headers }
    }
    /** What the broker holds of a release of one chunk. */
    const storedRelease = async (digest: Digest): Promise<Uint8Array> => {
      const manager = await jetstreamManager(connection)
      const last_by_subj = subjects.releaseChunk(digest, 0)
      return (await manager.streams.getMessage(streams.releases, { last_by_subj }))?.data as Uint8Array
    }
    const allPublished = () =>
      until(async () => {
        const rows = await own.database.selectFrom('assignments').select('published_at').execute()
        return rows.length > 0 && rows.every(({ published_at }) => published_at !== null)
      })

    test('carries a decision to the broker, signed, with its release before it', async () => {
      const release = await newRelease('x')
      const live = connection.subscribe(subjects.live('*'), { max: 2 })
      assert.deepEqual(await assign(contentsOf(['dev-1', 'dev-2'], release)), [
        { cluster: 'dev-1', generation: 1 },
        { cluster: 'dev-2', generation: 1 },
      ])
      await allPublished()
      const { assignment } = await stored('dev-1')
      assert.equal(assignment.generation, 1)
      assert.equal(assignment.apps[0]?.since, 1)
      for await (const message of live) {
        assert.equal(message.headers?.get(headers.traceparent), traceparent)
        assert.ok(Number(message.headers?.get(headers.sequence)) > 0)
      }
      assert.equal(await outboxLength(own), 0)
    })

    test('stores a release so that only an agent whose cluster is assigned it can read it', async () => {
      const release = await newRelease('x')
      await assign(contentsOf(['dev-1'], release))
      await allPublished()
      const atBroker = await storedRelease(release.digest)
      await assert.rejects(decodeRelease(release.digest, atBroker), (e) => codeOf(e) === 'undecodable')
      const { assignment } = await stored('dev-1')
      const wrapped = assignment.apps[0]?.releaseKey ?? ''
      const keyFor = (cluster: ClusterName) =>
        unwrapReleaseKey(
          { cluster, clusterKey: operator.releaseKeys.clusterKey(cluster) },
          release.digest,
          wrapped,
        )
      const compressed = decryptRelease(keyFor('dev-1' as ClusterName), release.digest, atBroker)
      assert.equal((await decodeRelease(release.digest, compressed)).objects.length, 1)
      assert.throws(
        () => keyFor('dev-2' as ClusterName),
        (error) => codeOf(error) === 'undecryptable',
      )
    })

    test('publishes nothing for a cluster whose content is the same', async () => {
      const [one, two] = [await newRelease('1'), await newRelease('2')]
      await assign(contentsOf(['dev-1', 'dev-2'], one))
      await allPublished()
      const mixed = new Map([...contentsOf(['dev-1'], one), ...contentsOf(['dev-2'], two)])
      assert.deepEqual(await assign(mixed), [{ cluster: 'dev-2', generation: 2 }])
      await allPublished()
      assert.equal((await stored('dev-1')).assignment.generation, 1)
      assert.equal((await stored('dev-2')).assignment.apps[0]?.since, 2)
      const placements = await own.database.selectFrom('placements').selectAll().orderBy('cluster').execute()
      assert.deepEqual(
        placements.map(({ cluster, release, since }) => [cluster, release, since]),
        [
          ['dev-1', one.digest, 1],
          ['dev-2', two.digest, 2],
        ],
      )
    })

    test('puts everything back when the broker lost its disk', async () => {
      const noise = Array.from({ length: 60_000 }, () => Math.random().toString(36)).join('')
      const release = await newRelease(noise)
      const chunks = chunksOf(operator.releaseKeys.encryptRelease(release.digest, release.compressed))
      assert.ok(chunks.length > 1)
      await assign(contentsOf(['dev-1', 'dev-2'], release))
      await allPublished()
      const manager = await jetstreamManager(connection)
      for (const name of Object.values(streams)) await manager.streams.delete(name)
      // What tells the hub is the connection that comes back; here it is made to.
      await connection.reconnect()
      await until(async () => (await stored('dev-2')).assignment.generation === 1)
      const { state } = await until(() => manager.streams.info(streams.releases).catch(() => undefined))
      assert.equal(state.messages, chunks.length)
    })

    test('issues above what a broker holds that the database does not remember', async () => {
      const release = await newRelease('x')
      await assign(contentsOf(['dev-1', 'dev-2'], release))
      await allPublished()
      await halt()
      await own.database
        .updateTable('assignments')
        .set({ generation: 5 })
        .where('cluster', '=', 'dev-1' as ClusterName)
        .execute()
      await own.database.insertInto('outbox').values({ kind: 'assignment', key: 'dev-1' }).execute()
      start()
      await until(async () => Number((await stored('dev-1')).headers?.get(headers.generation)) === 5)
      await halt()
      // The backup is from before generation 5.
      await own.database.updateTable('assignments').set({ generation: 1 }).execute()
      await own.database
        .insertInto('cluster_status')
        .values({ cluster: 'dev-2' as ClusterName, accepted_generation: 8 })
        .execute()
      start()
      const first = await until(async () => {
        const { assignment } = await stored('dev-1')
        return assignment.generation === 6 && assignment
      })
      assert.equal(first.apps[0]?.since, 6)
      await until(async () => (await stored('dev-2')).assignment.generation === 9)
      assert.deepEqual(await assign(contentsOf(['dev-1', 'dev-2'], release)), [])
    })

    test('waits for a broker that is away, and loses nothing', async () => {
      const release = await newRelease('x')
      await until(() =>
        jetstreamManager(connection).then((manager) => manager.streams.info(streams.assignments)),
      )
      await nats.kill()
      await assign(contentsOf(['dev-1'], release))
      assert.equal(await outboxLength(own), 2)
      await nats.restart()
      await until(async () => (await outboxLength(own)) === 0)
      assert.equal((await stored('dev-1')).assignment.generation, 1)
    })

    test('is not held up by an assignment that the broker will never take', async () => {
      const release = await newRelease('x')
      await halt()
      await assign(contentsOf(['dev-1', 'dev-2'], release))
      const sealed = Buffer.alloc(2 * 1024 * 1024)
      await own.database
        .updateTable('assignments')
        .set({ sealed })
        .where('cluster', '=', 'dev-1' as ClusterName)
        .execute()
      start()
      await until(async () => (await outboxLength(own)) === 0)
      assert.equal((await stored('dev-2')).assignment.generation, 1)
      const rows = await own.database.selectFrom('assignments').select(['cluster', 'published_at']).execute()
      const unpublished = rows.filter(({ published_at }) => published_at === null)
      assert.deepEqual(
        unpublished.map(({ cluster }) => cluster),
        ['dev-1'],
      )
    })

    test('refuses an assignment that does not fit into a message, and says whose', async () => {
      const release = await newRelease('x')
      const huge = content('dev-1', release)
      const variables = Object.fromEntries(
        Array.from({ length: 200 }, (_, index) => [`v${index}`, 'x'.repeat(8_000)]),
      )
      const contents = new Map([[huge.cluster, { ...huge, variables }]])
      await assert.rejects(assign(contents), (error) => {
        return codeOf(error) === 'too-large' && String(error).includes('dev-1')
      })
      assert.equal(await outboxLength(own), 0)
    })

    test('removes a release that nothing refers to, and no other', async () => {
      const [placed, dropped] = [await newRelease('placed'), await newRelease('dropped')]
      await assign(contentsOf(['dev-1'], dropped))
      await allPublished()
      await assign(contentsOf(['dev-1'], placed))
      await allPublished()
      await halt()
      const link = followLink(connection, () => {})
      const count = await collectReleases(own.database, link, new Date(Date.now() - 60_000))
      assert.equal(count, 0, 'too young to be removed')
      assert.equal(await collectReleases(own.database, link, new Date(Date.now() + 1_000)), 1)
      const left = await own.database.selectFrom('releases').select('digest').execute()
      assert.deepEqual(left, [{ digest: placed.digest }])
      const manager = await jetstreamManager(connection)
      const { state } = await manager.streams.info(streams.releases, { subjects_filter: '>' })
      assert.deepEqual(Object.keys(state.subjects ?? {}), [subjects.releaseChunk(placed.digest, 0)])
    })
  })
}

async function outboxLength({ database }: TestDatabase): Promise<number> {
  const { count } = await database
    .selectFrom('outbox')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}
