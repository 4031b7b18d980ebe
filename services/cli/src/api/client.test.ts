import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes, Failure } from '../exit.ts'
import { json, problem, recordedHub } from '../testing/recorded-hub.ts'
import { clientLimits, createApiClient } from './client.ts'

const edges = { fetch, signal: new AbortController().signal }

test('a list is read page after page until there is no cursor', async (t) => {
  const hub = await recordedHub(t, {
    'GET /v1/clusters': (request, response, url) => {
      const page = url.searchParams.has('cursor') ? { items: [3] } : { items: [1, 2], nextCursor: 'after-2' }
      json(page)(request, response, url)
    },
  })
  const client = createApiClient({ server: hub.url, token: undefined }, edges)
  const items = await client.list('/v1/clusters', { environment: 'prod', app: undefined })
  assert.deepEqual(items, [1, 2, 3])
  assert.deepEqual(hub.requests, [
    'GET /v1/clusters?environment=prod&limit=200',
    'GET /v1/clusters?environment=prod&limit=200&cursor=after-2',
  ])
})

test('a list stops at its limit, and asks for no more than that', async (t) => {
  const hub = await recordedHub(t, { 'GET /v1/drift': json({ items: [1, 2, 3], nextCursor: 'more' }) })
  const client = createApiClient({ server: hub.url, token: undefined }, edges)
  assert.deepEqual(await client.list('/v1/drift', {}, 3), [1, 2, 3])
  assert.deepEqual(hub.requests, ['GET /v1/drift?limit=3'])
})

test('an empty page with a cursor does not go on for ever', async (t) => {
  const hub = await recordedHub(t, { 'GET /v1/apps': json({ items: [], nextCursor: 'again' }) })
  const client = createApiClient({ server: hub.url, token: undefined }, edges)
  assert.deepEqual(await client.list('/v1/apps'), [])
})

test('the token goes with every request', async (t) => {
  const hub = await recordedHub(t, { 'GET /v1/fleet/health': json({}) })
  await createApiClient({ server: hub.url, token: 'secret' }, edges).get('/v1/fleet/health')
  assert.equal(hub.headers[0]?.authorization, 'Bearer secret')
})

test('a redirect is not followed: it could carry the token to another place', async (t) => {
  const other = await recordedHub(t, { 'GET /': json({}) })
  const hub = await recordedHub(t, {
    'GET /v1/fleet/health': (_request, response) => {
      response.writeHead(302, { location: `${other.url}/` }).end()
    },
  })
  const client = createApiClient({ server: hub.url, token: 'secret' }, edges)
  await assert.rejects(client.get('/v1/fleet/health'), { exitCode: exitCodes.unreachable })
  assert.deepEqual(other.requests, [])
})

const exitCodeOfStatus = [
  [400, 'bad-request', exitCodes.usage],
  [401, 'unauthenticated', exitCodes.denied],
  [403, 'forbidden', exitCodes.denied],
  [404, 'not-found', exitCodes.no],
  [409, 'conflict', exitCodes.no],
  [429, 'rate-limited', exitCodes.unreachable],
  [503, 'unavailable', exitCodes.unreachable],
] as const

for (const [status, code, exitCode] of exitCodeOfStatus) {
  test(`${status} ends with exit code ${exitCode} and keeps the hub's words`, async (t) => {
    const hub = await recordedHub(t, { 'GET /v1/apps/x': problem(status, code, 'what is wrong') })
    const client = createApiClient({ server: hub.url, token: undefined }, edges)
    await assert.rejects(client.get('/v1/apps/x'), { exitCode, code, message: 'what is wrong' })
  })
}

test("a proxy's error page is named by its status alone", async (t) => {
  const hub = await recordedHub(t, {
    'GET /v1/apps': (_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>')
    },
  })
  const client = createApiClient({ server: hub.url, token: undefined }, edges)
  await assert.rejects(client.get('/v1/apps'), { exitCode: exitCodes.unreachable, code: 'http-502' })
})

test('an answer that is not JSON is no hub', async (t) => {
  const hub = await recordedHub(t, {
    'GET /v1/apps': (_request, response) => {
      response.end('<h1>It works!</h1>')
    },
  })
  const client = createApiClient({ server: hub.url, token: undefined }, edges)
  await assert.rejects(client.get('/v1/apps'), { exitCode: exitCodes.unreachable, message: /not JSON/ })
})

test('an answer beyond the limit is not read to its end', async (t) => {
  const hub = await recordedHub(t, {
    'GET /v1/apps': (_request, response) => {
      response.end(Buffer.alloc(clientLimits.answerBytes + 1, 32))
    },
  })
  const client = createApiClient({ server: hub.url, token: undefined }, edges)
  await assert.rejects(client.get('/v1/apps'), { exitCode: exitCodes.unreachable, message: /longer than/ })
})

test('nobody at the address: the address and the reason are named', async (t) => {
  const hub = await recordedHub(t, {})
  const server = hub.url.replace('127.0.0.1', '127.0.0.2')
  const client = createApiClient({ server, token: undefined }, edges)
  const error: unknown = await client.get('/v1/apps').catch((thrown: unknown) => thrown)
  assert.ok(error instanceof Failure)
  assert.equal(error.exitCode, exitCodes.unreachable)
  assert.match(error.message, /can not reach http:\/\/127\.0\.0\.2:\d+: .*ECONNREFUSED/)
})
