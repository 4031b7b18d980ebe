import assert from 'node:assert/strict'
import { test } from 'node:test'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { findNatsServers } from '../../deploy/install/nats-server.mjs'
import { startNats } from './nats.ts'

const servers = await findNatsServers()
assert.notEqual(servers.length, 0, 'this test needs a nats-server; `npm test` installs one')

for (const { path: binary, version } of servers) {
  test(`a message makes the round through nats-server ${version}`, async () => {
    await using server = await startNats({ binary })
    const connection = await connect({ servers: server.url })
    const subscription = connection.subscribe('greeting', { max: 1 })
    connection.publish('greeting', 'hello')
    for await (const message of subscription) assert.equal(message.string(), 'hello')
    await connection.close()
  })

  test(`a stream outlives a kill of nats-server ${version}`, async () => {
    await using server = await startNats({ binary })
    const before = await connect({ servers: server.url })
    await (await jetstreamManager(before)).streams.add({ name: 'kept', subjects: ['kept.>'] })
    await before.close()
    await server.kill()
    await assert.rejects(connect({ servers: server.url, reconnect: false }))
    await server.restart()
    const after = await connect({ servers: server.url })
    assert.equal((await (await jetstreamManager(after)).streams.info('kept')).config.name, 'kept')
    await after.close()
  })

  test(`nats-server ${version} takes a new configuration, and keeps the old one when it is wrong`, async () => {
    const open = 'authorization { user: ada, password: open }'
    await using server = await startNats({ binary, config: open })
    const login = (pass: string) => connect({ servers: server.url, user: 'ada', pass, reconnect: false })
    await (await login('open')).close()
    await server.reload('authorization { user: ada, password: sesame }')
    await assert.rejects(login('open'), /Authorization/)
    await assert.rejects(server.reload('authorization {'), /refuses the configuration/)
    await (await login('sesame')).close()
  })
}

test('a server that cannot start is an error with the end of its log', async () => {
  await assert.rejects(startNats({ config: 'accounts {' }), /nats-server ended before it was ready/)
})
