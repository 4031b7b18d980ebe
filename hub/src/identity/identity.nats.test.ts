import assert from 'node:assert/strict'
import { type AddressInfo, createServer, connect as dialSocket, type Socket } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { createUser, type KeyPair } from '@nats-io/nkeys'
import { connect, jwtAuthenticator } from '@nats-io/transport-node'
import { type Clock, type ClusterName, codeOf, type EnrolmentResponse, subjects } from '@roadstead/proto'
import { findNatsServers, type Nats, startNats, temporaryDirectory, until } from '@roadstead/test/harness'
import { sql } from 'kysely'
import { type TestDatabase, testDatabase } from '../db/testing.ts'
import { createOperator, type Operator, serverConfig } from '../nats/index.ts'
import { createTelemetry } from '../telemetry/index.ts'
import { createIdentity, type Identity } from './index.ts'

const cluster = 'dev-1' as ClusterName
const telemetry = createTelemetry({ serviceName: 'test', version: '0', logLevel: 'silent' })
const hasCode = (code: string) => (error: unknown) => codeOf(error) === code

for (const { path: binary, version } of await findNatsServers()) {
  describe(`identity with a broker of version ${version}`, () => {
    let operator: Operator
    let nats: Nats
    let own: TestDatabase
    let identity: Identity
    let now: { ms: number }

    before(async () => {
      const directory = temporaryDirectory('identity').path
      operator = createOperator(join(directory, 'secrets'))
      const config = serverConfig(operator, { accountsDirectory: join(directory, 'accounts') })
      nats = await startNats({ binary, config })
    })
    after(() => nats?.stop())
    beforeEach(async () => {
      own = await testDatabase()
      now = { ms: Date.now() }
      identity = identityAt(nats.url)
    })
    afterEach(() => own[Symbol.asyncDispose]())

    const identityAt = (url: string) => {
      const clock: Clock = { now: () => now.ms }
      const edges = { database: own.database, operator, clock, telemetry }
      return createIdentity(edges, { natsUrls: [url], natsAgentUrls: [url] })
    }
    const enrol = async (key: KeyPair, name = cluster) => {
      const { token } = await identity.createToken(name)
      return identity.enrol({ cluster: name, token, publicKey: key.getPublicKey() })
    }
    const dial = ({ userJwt, natsUrls }: EnrolmentResponse, key: KeyPair) =>
      connect({
        servers: natsUrls,
        authenticator: jwtAuthenticator(userJwt, key.getSeed()),
        inboxPrefix: subjects.inbox(cluster),
        reconnect: false,
      })

    test('a token buys credentials that the broker takes', async () => {
      const key = createUser()
      const response = await enrol(key)
      assert.deepEqual(response.assignmentKeys, [operator.signer.publicKey])
      assert.equal(response.clusterKey, operator.releaseKeys.clusterKey(cluster))
      const agent = await dial(response, key)
      await agent.close()
    })

    test('the credentials are of no use with another key', async () => {
      await assert.rejects(dial(await enrol(createUser()), createUser()), /authorization/i)
    })

    test('a token is good once, for its cluster, and for a time', async () => {
      const [key, thief] = [createUser(), createUser()]
      const request = { cluster, publicKey: key.getPublicKey() }
      const { token, expiresAt } = await identity.createToken(cluster, 60_000)
      assert.equal(expiresAt.getTime(), now.ms + 60_000)
      const elsewhere = { ...request, token, cluster: 'dev-2' as ClusterName }
      await assert.rejects(identity.enrol(elsewhere), hasCode('unauthenticated'))
      await assert.rejects(identity.enrol({ ...request, token: `${token}x` }), hasCode('unauthenticated'))
      await identity.enrol({ ...request, token })
      const stolen = { ...request, token, publicKey: thief.getPublicKey() }
      await assert.rejects(identity.enrol(stolen), hasCode('unauthenticated'))

      const late = await identity.createToken(cluster, 60_000)
      now.ms += 60_000
      await assert.rejects(identity.enrol({ ...request, token: late.token }), /expired at/)
    })

    test('two agents that use one token at the same time do not both get in', async () => {
      const { token } = await identity.createToken(cluster)
      const outcomes = await Promise.allSettled(
        [createUser(), createUser()].map((key) =>
          identity.enrol({ cluster, token, publicKey: key.getPublicKey() }),
        ),
      )
      assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    })

    test('an agent whose answer got lost asks again and is answered', async () => {
      const key = createUser()
      const { token } = await identity.createToken(cluster)
      const request = { cluster, token, publicKey: key.getPublicKey() }
      await identity.enrol(request)
      const agent = await dial(await identity.enrol(request), key)
      await agent.close()
    })

    test('a replica that was slow to tell the broker undoes no revocation told since', async () => {
      const names = ['slow-1', 'quick-1'] as ClusterName[]
      const [slow, quick] = await Promise.all(
        names.map(async (name) => {
          const key = createUser()
          return { name, key, response: await enrol(key, name) }
        }),
      )
      assert.ok(slow && quick)
      await using wire = await holdingWire(nats.url, 'CLAIMS.UPDATE')
      const first = identityAt(wire.url).revoke(slow.name)
      await wire.holds
      let isDone = false
      const second = identity.revoke(quick.name).finally(() => {
        isDone = true
      })
      await until(async () => isDone || (await waitsForLock(own)), { message: 'the second has had its turn' })
      wire.release()
      await Promise.all([first, second])
      for (const { key, response } of [slow, quick])
        await assert.rejects(dial(response, key), /authorization/i)
    })

    test('the database holds no token', async () => {
      const { token } = await identity.createToken(cluster)
      const rows = await own.database.selectFrom('enrolment_tokens').selectAll().execute()
      assert.equal(rows.length, 1)
      assert.ok(!JSON.stringify(rows).includes(token))
    })

    test('a new enrolment ends what the cluster had before', async () => {
      const [old, fresh] = [createUser(), createUser()]
      const first = await enrol(old)
      const agent = await dial(first, old)
      const second = await enrol(fresh)
      await agent.closed()
      await assert.rejects(dial(first, old), /authorization/i)
      await assert.rejects(enrol(old), hasCode('conflict'))
      const next = await dial(second, fresh)
      await next.close()
    })

    test('revoking closes the connection, voids tokens, and can be undone by a new key only', async () => {
      const [key, fresh] = [createUser(), createUser()]
      await assert.rejects(identity.revoke(cluster), hasCode('not-found'))
      const response = await enrol(key)
      const agent = await dial(response, key)
      const { token } = await identity.createToken(cluster)
      await identity.revoke(cluster)
      await agent.closed()
      await assert.rejects(dial(response, key), /authorization/i)
      const pending = { cluster, token, publicKey: fresh.getPublicKey() }
      await assert.rejects(identity.enrol(pending), hasCode('unauthenticated'))
      const again = await dial(await enrol(fresh), fresh)
      await again.close()
      const events = await own.database.selectFrom('events').select('type').orderBy('id').execute()
      assert.deepEqual(
        events.map(({ type }) => type),
        ['cluster.enrolled', 'cluster.revoked', 'cluster.enrolled'],
      )
    })

    test('one key can not be two clusters', async () => {
      const key = createUser()
      await enrol(key)
      await assert.rejects(enrol(key, 'dev-2' as ClusterName), hasCode('conflict'))
    })

    test('a revocation that the broker did not hear is told once it answers', async () => {
      const key = createUser()
      const response = await enrol(key)
      await nats.stop()
      await assert.rejects(identity.revoke(cluster), (error) =>
        ['unavailable', 'timeout'].includes(codeOf(error)),
      )
      await nats.restart()
      const stop = new AbortController()
      const running = identity.run(stop.signal)
      await until(() =>
        dial(response, key).then(
          (agent) => agent.close().then(() => false),
          (error: Error) => /authorization/i.test(error.message),
        ),
      )
      stop.abort()
      await running
    })
  })
}

async function waitsForLock({ database }: TestDatabase): Promise<boolean> {
  const { rows } = await sql`
    select from pg_locks l join pg_database d on d.oid = l.database
    where l.locktype = 'advisory' and not l.granted and d.datname = current_database()`.execute(database)
  return rows.length > 0
}

/** A way to the broker that keeps back what its client says from the first mention of some text on. */
async function holdingWire(url: string, text: string) {
  const { hostname, port } = new URL(url)
  const sockets = new Set<Socket>()
  const held = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const server = createServer((near) => {
    const far = dialSocket(Number(port), hostname)
    for (const socket of [near, far]) sockets.add(socket.on('error', () => {}))
    far.pipe(near)
    let said: Promise<unknown> = Promise.resolve()
    near.on('data', (chunk) => {
      if (chunk.includes(text)) {
        held.resolve()
        said = said.then(() => released.promise)
      }
      said = said.then(() => far.write(chunk))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `nats://127.0.0.1:${(server.address() as AddressInfo).port}`,
    holds: held.promise,
    release: () => released.resolve(),
    async [Symbol.asyncDispose]() {
      released.resolve()
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
