import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { type ErrorCode, RoadsteadError } from '@roadstead/proto'
import { until } from '@roadstead/test/harness'
import { seedFleet } from '../readmodel/testing.ts'
import type { Enrolment, GitBackend } from './edges.ts'
import { limits } from './limits.ts'
import { testApi, testToken } from './testing.ts'

const secret = 'a-secret-of-the-webhook'
const enrolment = { cluster: 'c1', token: 't'.repeat(32), publicKey: `U${'A'.repeat(55)}` }

describe('the API', () => {
  let pokes = 0
  let gitUser = ''
  const calls: string[] = []
  const source: GitBackend = {
    async handle(request, response, user) {
      gitUser = user
      let bytes = 0
      for await (const chunk of request) bytes += (chunk as Buffer).byteLength
      response.end(`${request.method} ${bytes}`)
    },
    poke: () => void pokes++,
  }
  const identity: Enrolment = {
    async createToken(cluster, author) {
      calls.push(`token ${cluster} by ${author}`)
      return { token: 'once', expiresAt: new Date('2026-01-02T00:00:00Z') }
    },
    async enrol({ token }) {
      if (token !== enrolment.token)
        throw new RoadsteadError('unauthenticated', 'the token is used or unknown')
      return {
        cluster: 'c1' as never,
        userJwt: 'jwt',
        natsUrls: ['nats://x'],
        assignmentKeys: ['pem'],
        clusterKey: 'k'.repeat(43),
      }
    },
    async revoke(cluster, author) {
      calls.push(`revoke ${cluster} by ${author}`)
    },
  }
  let api: Awaited<ReturnType<typeof testApi>>
  before(async () => {
    api = await testApi({ source, identity }, { webhookSecret: secret })
    await seedFleet(api.database, { clusters: { c1: { environment: 'dev', apps: ['web'] } } })
  })
  after(() => api?.[Symbol.asyncDispose]())

  const refusal = async (answer: Response): Promise<[number, ErrorCode, string]> => {
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
    assert.ok(answer.headers.get('x-request-id'))
    const problem = (await answer.json()) as { status: number; code: ErrorCode; detail: string }
    assert.equal(problem.status, answer.status)
    assert.doesNotMatch(JSON.stringify(problem), /node_modules|\.ts:\d/)
    return [answer.status, problem.code, problem.detail]
  }
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    api.fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })

  test('answers what it has seen before with 304, and something else with its content', async () => {
    const first = await api.fetch('/v1/clusters')
    const tag = first.headers.get('etag') ?? ''
    assert.match(tag, /^W\/"/)
    const same = await api.fetch('/v1/clusters', { headers: { 'if-none-match': `"other", ${tag}` } })
    assert.deepEqual([same.status, await same.text()], [304, ''])
    const other = await api.fetch('/v1/clusters', { headers: { 'if-none-match': '"other"' } })
    assert.equal(other.status, 200)
    const head = await api.fetch('/v1/clusters', { method: 'HEAD' })
    assert.deepEqual([head.status, await head.text()], [200, ''])
  })

  test('says what is wrong with a request, in one form', async () => {
    const [, , limit] = await refusal(await api.fetch('/v1/clusters?limit=1001'))
    assert.equal(limit, 'query: limit must be <= 1000')
    const [, , unknown] = await refusal(await api.fetch('/v1/clusters?enviroment=dev'))
    assert.equal(unknown, 'query: there is no "enviroment"')
    const [, , choice] = await refusal(await api.fetch('/v1/clusters?status=fine'))
    assert.match(choice, /healthy, progressing, pending/)
    assert.deepEqual((await refusal(await api.fetch('/v1/clusters?selector=a%20b')))[1], 'bad-request')
    assert.deepEqual((await refusal(await api.fetch('/v1/clusters?cursor=xyz')))[1], 'bad-request')
    assert.deepEqual((await refusal(await post('/v1/enrol', '{"cluster":')))[1], 'bad-request')
    assert.deepEqual((await refusal(await post('/v1/enrol', '{}')))[1], 'bad-request')
    const large = JSON.stringify({ ...enrolment, extra: 'x'.repeat(limits.bodyBytes) })
    assert.deepEqual((await refusal(await post('/v1/enrol', large))).slice(0, 2), [413, 'too-large'])
    const text = await post('/v1/enrol', 'x', { 'content-type': 'text/plain' })
    assert.equal((await refusal(text))[1], 'bad-request')
    assert.deepEqual((await refusal(await api.fetch('/v1/clusters', { method: 'DELETE' }))).slice(0, 2), [
      404,
      'not-found',
    ])
    assert.equal((await refusal(await api.fetch('/%00')))[0], 404)
  })

  test('gives and takes credentials in the name of the token', async () => {
    const token = await api.fetch('/v1/clusters/c1/enrolment-tokens', { method: 'POST' })
    assert.equal(token.status, 201)
    assert.deepEqual(await token.json(), { token: 'once', expiresAt: '2026-01-02T00:00:00.000Z' })
    const revoked = await post('/v1/clusters/c1/revoke', '{}')
    assert.deepEqual([revoked.status, await revoked.text()], [204, ''])
    assert.deepEqual(calls, ['token c1 by ada', 'revoke c1 by ada'])
  })

  test('lets an agent enrol with nothing but its token', async () => {
    const send = (body: object) =>
      fetch(`${api.url}/v1/enrol`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
    assert.equal(((await (await send(enrolment)).json()) as { userJwt: string }).userJwt, 'jwt')
    const wrong = await refusal(await send({ ...enrolment, token: 'w'.repeat(32) }))
    assert.deepEqual(wrong, [401, 'unauthenticated', 'the token is used or unknown'])
  })

  test('hands Git over with its body untouched, whatever its size and type', async () => {
    const body = 'x'.repeat(limits.bodyBytes * 3)
    const basic = Buffer.from(`anybody:${testToken}`).toString('base64')
    const answer = await fetch(`${api.url}/git/fleet.git/git-receive-pack`, {
      method: 'POST',
      body,
      headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-git-receive-pack-request' },
    })
    assert.equal(await answer.text(), `POST ${body.length}`)
    assert.equal(gitUser, 'ada')
    const anonymous = await fetch(`${api.url}/git/fleet.git/info/refs?service=git-upload-pack`)
    assert.match(anonymous.headers.get('www-authenticate') ?? '', /^Basic /)
  })

  test('believes a webhook that is signed with the secret, and no other', async () => {
    const body = '{"ref": "refs/heads/main"}'
    const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
    const send = (headers: Record<string, string>) =>
      fetch(`${api.url}/v1/webhooks/git`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', ...headers },
      })
    assert.equal((await send({ 'x-hub-signature-256': signature })).status, 202)
    assert.equal((await send({ 'x-gitlab-token': secret })).status, 202)
    assert.equal(pokes, 2)
    for (const headers of [{}, { 'x-hub-signature-256': `${signature}0` }, { 'x-gitlab-token': 'no' }]) {
      assert.equal((await refusal(await send(headers)))[0], 401)
    }
    assert.equal(pokes, 2)
  })

  test('gives metrics of its requests by route, never by path', async () => {
    await api.fetch('/v1/clusters/c1')
    const text = await until(async () => {
      const metrics = await (await api.fetch('/metrics')).text()
      return metrics.includes('/v1/clusters/:cluster') ? metrics : undefined
    })
    assert.doesNotMatch(text, /route="\/v1\/clusters\/c1"/)
  })
})

test('enrolments from one address are bounded', async () => {
  const identity = { enrol: () => Promise.reject(new RoadsteadError('unauthenticated', 'no')) } as never
  await using api = await testApi({ identity, clock: { now: () => 0 } })
  const statuses: number[] = []
  for (let attempt = 0; attempt <= limits.enrolmentBurst; attempt++) {
    const answer = await fetch(`${api.url}/v1/enrol`, {
      method: 'POST',
      body: JSON.stringify(enrolment),
      headers: { 'content-type': 'application/json' },
    })
    statuses.push(answer.status)
    await answer.arrayBuffer()
  }
  assert.deepEqual(statuses.slice(0, -1), Array(limits.enrolmentBurst).fill(401))
  assert.equal(statuses.at(-1), 429)
})

test('a replica without its database is alive, not ready, and says only that it can not answer', async () => {
  await using api = await testApi({
    checks: { broker: () => Promise.reject(new Error('nats://secret-host: gone')) },
  })
  const ready = await fetch(`${api.url}/healthz/ready`)
  assert.equal(ready.status, 503)
  const body = await ready.text()
  assert.match(body, /broker/)
  assert.doesNotMatch(body, /secret-host/)
  assert.equal((await fetch(`${api.url}/healthz/live`)).status, 200)
  const missing = await api.fetch('/v1/clusters/c1/enrolment-tokens', { method: 'POST' })
  assert.equal(missing.status, 503)
  await missing.arrayBuffer()
})
