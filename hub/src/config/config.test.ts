import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readHubConfig } from './index.ts'

const environment = {
  ROADSTEAD_DATABASE_URL: 'postgres://hub:secret-word@127.0.0.1/hub',
  ROADSTEAD_SECRETS_DIRECTORY: '/secrets',
  ROADSTEAD_REPOSITORY_DIRECTORY: '/fleet.git',
  ROADSTEAD_API_TOKENS: 'ada:0123456789abcdefghij,ci:abcdefghij0123456789',
}

test('a small environment is enough', () => {
  const config = readHubConfig(environment)
  assert.deepEqual(config.http.tokens, [
    { name: 'ada', token: '0123456789abcdefghij' },
    { name: 'ci', token: 'abcdefghij0123456789' },
  ])
  assert.deepEqual(config.nats.agentUrls, config.nats.urls)
  assert.equal(config.git.remote, undefined)
})

test('every fault is named in one go, and no secret with it', () => {
  const faulty = {
    ...environment,
    ROADSTEAD_LISTEN_PORT: 'eighty',
    ROADSTEAD_TLS_KEY: '/does/not/exist',
    ROADSTEAD_SECRETS_DIRECTORY: undefined,
    ROADSTEAD_GIT_REMOTE: 'not a url',
  }
  assert.throws(
    () => readHubConfig(faulty),
    (error: Error) =>
      [
        'ROADSTEAD_LISTEN_PORT',
        'ROADSTEAD_TLS_KEY',
        'ROADSTEAD_SECRETS_DIRECTORY',
        'ROADSTEAD_GIT_REMOTE',
      ].every((name) => error.message.includes(name)) && !error.message.includes('secret-word'),
  )
})

test('a token that is too short or has no name is refused without being shown', () => {
  for (const tokens of ['ada:short', 'just-a-token-without-a-name', '']) {
    assert.throws(
      () => readHubConfig({ ...environment, ROADSTEAD_API_TOKENS: tokens }),
      (error: Error) => /ROADSTEAD_API_TOKENS/.test(error.message) && !error.message.includes('short '),
    )
  }
})
