import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exitCodes } from '../exit.ts'
import { type Answer, problem, recordedHub } from '../testing/recorded-hub.ts'
import { createApiClient } from './client.ts'
import { followEvents } from './follow-events.ts'

const deadlineMs = 10_000

/** Sends the events and closes the connection, as a hub does that goes away. */
const burst =
  (text: string): Answer =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text)
  }

const event = (id: number) => `id: ${id}\nevent: app.healthy\ndata: {"n":${id}}\n\n`

async function follow(url: string, wanted: number) {
  const signal = AbortSignal.timeout(deadlineMs)
  const seen: string[] = []
  const breaks: string[] = []
  const stream = followEvents(createApiClient({ server: url, token: undefined }, { fetch, signal }), {
    path: '/v1/events',
    query: { app: 'storefront' },
    signal,
    onBreak: (reason) => breaks.push(reason),
    reconnect: { firstMs: 1, longestMs: 5 },
  })
  for await (const { data } of stream) {
    seen.push(data)
    if (seen.length === wanted) break
  }
  return { seen, breaks }
}

test('a stream that breaks goes on after the last event seen', async (t) => {
  const answers = [burst(event(1) + event(2)), burst(event(3))]
  const hub = await recordedHub(t, { 'GET /v1/events': (...args) => answers.shift()?.(...args) })
  const { seen, breaks } = await follow(hub.url, 3)
  assert.deepEqual(seen, ['{"n":1}', '{"n":2}', '{"n":3}'])
  assert.equal(breaks.length, 1)
  assert.deepEqual(
    hub.headers.map((headers) => headers['last-event-id']),
    [undefined, '2'],
  )
  assert.deepEqual(hub.requests, Array(2).fill('GET /v1/events?app=storefront'))
})

test('a half event at the break is not shown; it comes whole with the next stream', async (t) => {
  const answers = [burst(`${event(1)}id: 2\ndata: {"n"`), burst(event(2))]
  const hub = await recordedHub(t, { 'GET /v1/events': (...args) => answers.shift()?.(...args) })
  const { seen } = await follow(hub.url, 2)
  assert.deepEqual(seen, ['{"n":1}', '{"n":2}'])
  assert.equal(hub.headers[1]?.['last-event-id'], '1')
})

test('a hub that is away for a moment is asked again', async (t) => {
  const answers = [burst(event(1)), problem(503, 'unavailable', 'starting'), burst(event(2))]
  const hub = await recordedHub(t, { 'GET /v1/events': (...args) => answers.shift()?.(...args) })
  const { seen, breaks } = await follow(hub.url, 2)
  assert.equal(seen.length, 2)
  assert.deepEqual(breaks, ['the server closed the stream', 'starting'])
})

test('a refusal ends it, at once or later', async (t) => {
  const answers = [burst(event(1)), problem(401, 'unauthenticated', 'the token has expired')]
  const hub = await recordedHub(t, { 'GET /v1/events': (...args) => answers.shift()?.(...args) })
  await assert.rejects(follow(hub.url, 2), { exitCode: exitCodes.denied })
})

test('a first connection that fails is an error, not something to wait for', async (t) => {
  const hub = await recordedHub(t, { 'GET /v1/events': problem(503, 'unavailable', 'starting') })
  await assert.rejects(follow(hub.url, 1), { exitCode: exitCodes.unreachable })
  assert.equal(hub.requests.length, 1)
})

test('a stream that breaks before its first event goes on from where the hub had looked', async (t) => {
  const answers = [burst('retry: 2000\nid: 7-40\n\n'), burst(event(1))]
  const hub = await recordedHub(t, { 'GET /v1/events': (...args) => answers.shift()?.(...args) })
  await follow(hub.url, 1)
  assert.equal(hub.headers[1]?.['last-event-id'], '7-40')
})
