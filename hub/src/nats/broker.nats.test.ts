import assert from 'node:assert/strict'
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { createUser, type KeyPair } from '@nats-io/nkeys'
import { connect, jwtAuthenticator, type NatsConnection } from '@nats-io/transport-node'
import { type ClusterName, codeOf, directGetAssignment, streams, subjects } from '@roadstead/proto'
import { findNatsServers, type Nats, startNats, temporaryDirectory, until } from '@roadstead/test/harness'
import {
  brokerAnswers,
  connectHub,
  createOperator,
  ensureStreams,
  loadOperator,
  type Operator,
  secretFiles,
  serverConfig,
  updateBrokerAccounts,
} from './index.ts'

const cluster = 'dev-1' as ClusterName
/** When the agents here got their credentials, once; these tests take longer than the second they count in. */
const issuedAt = Math.floor(Date.now() / 1000)

function connectAgent(nats: Nats, operator: Operator, key: KeyPair) {
  const jwt = operator.issueAgentJwt(cluster, key.getPublicKey(), issuedAt)
  const authenticator = jwtAuthenticator(jwt, key.getSeed())
  return connect({
    servers: nats.url,
    authenticator,
    reconnect: false,
    inboxPrefix: subjects.inbox(cluster),
  })
}

for (const { path: binary, version } of await findNatsServers()) {
  describe(`a broker of version ${version}`, () => {
    let nats: Nats
    let operator: Operator
    let hub: NatsConnection
    before(async () => {
      const directory = temporaryDirectory('broker').path
      operator = createOperator(join(directory, 'secrets'))
      const config = serverConfig(operator, { accountsDirectory: join(directory, 'accounts') })
      nats = await startNats({ binary, config })
      hub = await connectHub({ urls: [nats.url], credentials: operator.hubCredentials, name: 'test' })
      await ensureStreams(hub)
    })
    after(async () => {
      await hub?.close()
      await nats?.stop()
    })

    test('has its streams once, however often they are made', async () => {
      const manager = await jetstreamManager(hub)
      await jetstream(hub).publish(subjects.assignment(cluster), 'kept')
      await ensureStreams(hub, { reportsMaxBytes: 50_000_000 })
      const names = (await manager.streams.list().next()).map(({ config }) => config.name)
      assert.deepEqual(names.sort(), Object.values(streams).sort())
      assert.equal((await manager.streams.info(streams.reports)).config.max_bytes, 50_000_000)
      assert.equal((await manager.streams.info(streams.assignments)).state.messages, 1)
    })

    test('is not there while it is down, though its connection is not closed, and is once it is back', async () => {
      await brokerAnswers(hub)
      await nats.kill()
      await until(
        () =>
          brokerAnswers(hub).then(
            () => false,
            (error) => codeOf(error) === 'unavailable',
          ),
        { message: 'it is found to be away' },
      )
      assert.equal(hub.isClosed(), false)
      await nats.restart()
      await until(() => brokerAnswers(hub).then(() => true), { message: 'it is back' })
    })

    test('closes the connection of a revoked agent, and does not let it in again after a restart', async () => {
      const [revoked, other] = [createUser(), createUser()]
      const agent = await connectAgent(nats, operator, revoked)
      const bystander = await connectAgent(nats, operator, other)
      const access = { urls: [nats.url], operator }
      await updateBrokerAccounts(access, { [revoked.getPublicKey()]: issuedAt }, Date.now())
      await agent.closed()
      assert.equal((await bystander.request(directGetAssignment(cluster))).string(), 'kept')

      await nats.restart()
      await assert.rejects(connectAgent(nats, operator, revoked), /authorization/i)
      const again = await until(() => connectAgent(nats, operator, other))
      await again.close()
      await bystander.close()
    })

    test('keeps a revocation that the caller does not know of', async () => {
      const lost = createUser()
      const access = { urls: [nats.url], operator }
      await updateBrokerAccounts(access, { [lost.getPublicKey()]: issuedAt }, Date.now())
      const inForce = await updateBrokerAccounts(access, {}, Date.now())
      assert.ok(inForce[lost.getPublicKey()])
      await assert.rejects(connectAgent(nats, operator, lost), /authorization/i)
    })

    test('knows the same identities after the secrets were read again', async () => {
      const key = createUser()
      const directory = temporaryDirectory('secrets').path
      const first = createOperator(directory)
      const second = loadOperator(directory)
      assert.equal(
        second.issueAgentJwt(cluster, key.getPublicKey(), 1),
        first.issueAgentJwt(cluster, key.getPublicKey(), 1),
      )
      assert.deepEqual(second.preload(), first.preload())
      assert.equal(second.signer.publicKey, first.signer.publicKey)
      assert.equal(second.releaseKeys.clusterKey(cluster), first.releaseKeys.clusterKey(cluster))
    })

    test('refuses users of another operator', async () => {
      const foreign = createOperator(temporaryDirectory('secrets').path)
      await assert.rejects(
        connectHub({ urls: [nats.url], credentials: foreign.hubCredentials, name: 'test' }),
        (error) => codeOf(error) === 'unauthenticated',
      )
    })
  })
}

test('a broker that can not be told of revocations is found out', async () => {
  const directory = temporaryDirectory('broker').path
  const operator = createOperator(join(directory, 'secrets'))
  const config = serverConfig(operator, { accountsDirectory: join(directory, 'accounts') })
  await using nats = await startNats({ config: config.replace(/resolver \{[^}]*\}/, 'resolver: MEMORY') })
  await assert.rejects(
    updateBrokerAccounts({ urls: [nats.url], operator }, {}, Date.now()),
    (error) => codeOf(error) === 'unavailable' && String(error).includes('resolver of type full'),
  )
})

describe('the secrets', () => {
  test('are files that only their owner can read', () => {
    const directory = temporaryDirectory('secrets').path
    createOperator(directory)
    assert.deepEqual(readdirSync(directory).sort(), [...secretFiles].sort())
    for (const file of secretFiles) assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600, file)
  })

  test('are completed where one of them is missing, and the others stay', () => {
    const directory = temporaryDirectory('secrets').path
    const first = createOperator(directory)
    rmSync(join(directory, 'releases.key'))
    const second = createOperator(directory)
    assert.equal(second.signer.publicKey, first.signer.publicKey)
    assert.notEqual(second.releaseKeys.clusterKey(cluster), first.releaseKeys.clusterKey(cluster))
  })

  test('are refused where one is not what its name says', () => {
    const directory = temporaryDirectory('secrets').path
    createOperator(directory)
    writeFileSync(join(directory, 'releases.key'), 'short')
    assert.throws(() => loadOperator(directory), /releases\.key holds 3 bytes/)
  })

  test('are not made up by a hub that does not find them', () => {
    const directory = temporaryDirectory('secrets').path
    assert.throws(
      () => loadOperator(directory),
      (error) => codeOf(error) === 'bad-request' && String(error).includes('operator.seed'),
    )
    assert.deepEqual(readdirSync(directory), [])
  })
})
