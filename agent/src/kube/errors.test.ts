import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorOfStatus, errorOfTransport } from './errors.ts'

const status = (message: string, reason = '', details = {}) =>
  JSON.stringify({ kind: 'Status', status: 'Failure', message, reason, details })

const cases: readonly [number, string, string, string][] = [
  [
    422,
    status('Deployment.apps "web" is invalid: spec.replicas: Invalid value: -1', 'Invalid'),
    'object-invalid',
    'terminal',
  ],
  [
    422,
    status('spec.selector: Invalid value: {}: field is immutable', 'Invalid'),
    'object-immutable',
    'terminal',
  ],
  [
    422,
    status("updates to statefulset spec for fields other than 'replicas' are forbidden", 'Invalid'),
    'object-immutable',
    'terminal',
  ],
  [
    403,
    status('pods "x" is forbidden: exceeded quota: small, requested: pods=1', 'Forbidden'),
    'quota-exceeded',
    'retry',
  ],
  [
    403,
    status('deployments.apps is forbidden: User "x" cannot patch', 'Forbidden'),
    'object-forbidden',
    'terminal',
  ],
  [
    400,
    status('admission webhook "policy.example.dev" denied the request: no latest tags'),
    'admission-denied',
    'terminal',
  ],
  [
    500,
    status('Internal error occurred: failed calling webhook "x": connection refused', 'InternalError'),
    'admission-denied',
    'retry',
  ],
  [
    500,
    status(
      'failed to create typed patch object (/x; /v1, Kind=ConfigMap): .spec: field not declared in schema',
    ),
    'object-invalid',
    'terminal',
  ],
  [
    404,
    status('namespaces "shop" not found', 'NotFound', { kind: 'namespaces' }),
    'dependency-unmet',
    'retry',
  ],
  [404, status('configmaps "x" not found', 'NotFound', { kind: 'configmaps' }), 'not-found', 'terminal'],
  [404, '404 page not found', 'kind-unknown', 'retry'],
  [409, status('Operation cannot be fulfilled', 'Conflict'), 'object-conflict', 'retry'],
  [401, status('Unauthorized', 'Unauthorized'), 'unauthenticated', 'retry'],
  [
    429,
    status('too many requests', 'TooManyRequests', { retryAfterSeconds: 3 }),
    'cluster-overloaded',
    'retry',
  ],
  [503, 'upstream connect error', 'cluster-unreachable', 'retry'],
]

for (const [code, body, expected, retry] of cases) {
  test(`${code} ${body.slice(0, 60)}… is ${expected}`, () => {
    const error = errorOfStatus(code, body)
    assert.equal(error.code, expected)
    assert.equal(error.retry, retry)
  })
}

test('the message is what the server said', () => {
  assert.equal(errorOfStatus(422, status('replicas: Invalid value')).message, 'replicas: Invalid value')
  assert.equal(errorOfStatus(502, '').message, 'the API server answered 502')
})

test('the time to wait is taken from the header, else from the status', () => {
  assert.equal(errorOfStatus(429, status('', '', { retryAfterSeconds: 3 })).retryAfterMs, 3_000)
  assert.equal(errorOfStatus(429, status('', '', { retryAfterSeconds: 3 }), '7').retryAfterMs, 7_000)
  assert.equal(errorOfStatus(429, 'soon').retryAfterMs, undefined)
})

test('what was given up because something newer came is superseded, not failed', () => {
  const error = errorOfTransport(new Error('aborted'), AbortSignal.abort(), 'GET /x')
  assert.equal(error.code, 'cancelled')
  assert.equal(error.retry, 'superseded')
  assert.equal(errorOfTransport(new Error('reset'), undefined, 'GET /x').code, 'cluster-unreachable')
})
