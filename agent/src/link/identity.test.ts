import assert from 'node:assert/strict'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { type ClusterName, codeOf, type EnrolmentRequest, messageOf } from '@roadstead/proto'
import { createMemoryStore } from '../disk.ts'
import { loadIdentity } from './identity.ts'

const cluster = 'here' as ClusterName
const never = new AbortController().signal

async function bodyOf(request: IncomingMessage): Promise<EnrolmentRequest> {
  const parts = await Array.fromAsync(request as AsyncIterable<Buffer>)
  return JSON.parse(Buffer.concat(parts).toString()) as EnrolmentRequest
}

/** A hub that enrols, or answers with the given status. */
async function startHub(t: { after: (end: () => void) => void }, status: () => number) {
  const requests: EnrolmentRequest[] = []
  const server = createServer(async (request, response) => {
    requests.push(await bodyOf(request))
    response.statusCode = status()
    const identity = {
      cluster,
      userJwt: 'a.b.c',
      natsUrls: ['nats://127.0.0.1:4222'],
      assignmentKeys: ['-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n'],
      clusterKey: 'k'.repeat(43),
    }
    response.end(JSON.stringify(response.statusCode === 200 ? identity : { detail: 'the token was used' }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  const source = {
    kind: 'enrol',
    hubUrl: new URL(`http://127.0.0.1:${port}`),
    token: 'x'.repeat(24),
  } as const
  return { requests, source }
}

test('an agent enrols once, and knows itself from then on', async (t) => {
  const { requests, source } = await startHub(t, () => 200)
  const store = createMemoryStore()
  const first = await loadIdentity(cluster, source, store, never)
  const second = await loadIdentity(cluster, source, store, never)
  assert.equal(requests.length, 1)
  assert.equal(requests[0]?.publicKey, first.key.publicKey)
  assert.equal(second.key.publicKey, first.key.publicKey)
  assert.equal(second.userJwt, 'a.b.c')
  assert.equal(second.clusterKey, 'k'.repeat(43))
})

test('a failed enrolment is tried again with the same key', async (t) => {
  let up = false
  const { requests, source } = await startHub(t, () => (up ? 200 : 503))
  const store = createMemoryStore()
  await assert.rejects(loadIdentity(cluster, source, store, never), { code: 'unavailable', retry: 'retry' })
  up = true
  await loadIdentity(cluster, source, store, never)
  assert.equal(requests[0]?.publicKey, requests[1]?.publicKey)
})

test('a refused token is final, and the hub’s words are passed on without the token', async (t) => {
  const { source } = await startHub(t, () => 403)
  await assert.rejects(
    loadIdentity(cluster, source, createMemoryStore(), never),
    ({ code, retry, message }) => {
      assert.deepEqual([code, retry], ['unauthenticated', 'terminal'])
      return /the token was used/.test(message) && !message.includes(source.token)
    },
  )
})

test('the state of another cluster is refused', async (t) => {
  const { source } = await startHub(t, () => 200)
  const store = createMemoryStore()
  await loadIdentity(cluster, source, store, never)
  await assert.rejects(loadIdentity('there' as ClusterName, source, store, never), { code: 'wrong-cluster' })
})

test('a stored identity that lacks what this agent needs is refused, with what is missing and what to do', async (t) => {
  const { source } = await startHub(t, () => 200)
  const store = createMemoryStore()
  await loadIdentity(cluster, source, store, never)
  const { clusterKey, ...rest } = JSON.parse(String(await store.read('identity/enrolled.json')))
  assert.ok(clusterKey)
  await store.write('identity/enrolled.json', JSON.stringify(rest))
  await assert.rejects(loadIdentity(cluster, source, store, never), (error) => {
    const text = messageOf(error)
    return codeOf(error) === 'undecodable' && /clusterKey/.test(text) && /enrol again/.test(text)
  })
})

test('without identity and token an agent says what it needs', async () => {
  const stored = { kind: 'stored' } as const
  await assert.rejects(loadIdentity(cluster, stored, createMemoryStore(), never), /ROADSTEAD_ENROLMENT_TOKEN/)
})
