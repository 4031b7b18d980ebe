import assert from 'node:assert/strict'
import { test } from 'node:test'
import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'
import { errors } from '@nats-io/transport-node'
import { RoadsteadError } from '@roadstead/proto'
import { isAlreadyStored, natsError } from './errors.ts'

const api = (err_code: number) => new JetStreamApiError({ code: 400, err_code, description: 'as it says' })

for (const [what, error, code, retry] of [
  ['a time-out', new errors.TimeoutError(), 'timeout', 'retry'],
  ['nobody there', new errors.RequestError('no responders'), 'unavailable', 'retry'],
  ['a closed connection', new errors.ClosedConnectionError(), 'unavailable', 'retry'],
  [
    'a refused connection',
    Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    'unavailable',
    'retry',
  ],
  ['a missing stream', api(10059), 'unavailable', 'retry'],
  ['no JetStream', new JetStreamError('jetstream is not enabled'), 'unavailable', 'retry'],
  ['a message too large for its stream', api(10054), 'too-large', 'terminal'],
  [
    'a message too large for the broker',
    errors.InvalidArgumentError.format('payload', 'max_payload size exceeded'),
    'too-large',
    'terminal',
  ],
  ['a second first message', api(10071), 'conflict', 'terminal'],
  [
    'refused credentials',
    new errors.AuthorizationError('Authorization Violation'),
    'unauthenticated',
    'terminal',
  ],
  [
    'a missing permission',
    new errors.PermissionViolationError('no', 'publish', 'rs.x'),
    'forbidden',
    'terminal',
  ],
  ['a mistake of ours', new TypeError('undefined is not a function'), 'internal', 'terminal'],
] as const) {
  test(`${what} is ${code}, and says what was attempted`, () => {
    const translated = natsError(error, 'storing it')
    assert.equal(translated.code, code)
    assert.equal(translated.retry, retry)
    assert.equal(translated.message, 'the broker: storing it')
    assert.equal(translated.cause, error)
  })
}

test('an error of ours passes as it is', () => {
  const ours = new RoadsteadError('digest-mismatch', 'not this')
  assert.equal(natsError(ours, 'storing it'), ours)
})

test('only a conflict says that a message is stored already', () => {
  assert.ok(isAlreadyStored(api(10071)))
  assert.ok(!isAlreadyStored(api(10059)))
  assert.ok(!isAlreadyStored(new Error('wrong last sequence')))
})
