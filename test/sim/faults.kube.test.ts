import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { join } from 'node:path'
import { test } from 'node:test'
import { CONFIG_MAPS, call, configMap, startCluster, temporaryFolder } from './testing.ts'

test('a fault hits matching requests, as often as asked', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  cluster.faults.inject(
    { verb: 'create', resource: 'configmaps' },
    { kind: 'status', code: 429, retryAfterSeconds: 7 },
    1,
  )
  const refused = await call(cluster, 'POST', CONFIG_MAPS, configMap('a'))
  assert.equal(refused.code, 429)
  assert.equal(refused.headers.get('retry-after'), '7')
  assert.equal((await call(cluster, 'GET', CONFIG_MAPS)).code, 200)
  assert.equal((await call(cluster, 'POST', CONFIG_MAPS, configMap('a'))).code, 201)
})

test('a lost answer was acted on, a reset request was not', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  cluster.faults.inject({ verb: 'create' }, { kind: 'lost-answer' }, 1)
  await assert.rejects(call(cluster, 'POST', CONFIG_MAPS, configMap('done')))
  cluster.faults.inject({ verb: 'create' }, { kind: 'reset' }, 1)
  await assert.rejects(call(cluster, 'POST', CONFIG_MAPS, configMap('not-done')))
  assert.deepEqual(
    cluster.objects.list('v1', 'ConfigMap', 'default').map((one) => one.metadata.name),
    ['done'],
  )
})

test('half a body and a hanging request fail in the client', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  cluster.faults.inject({ pathPrefix: '/version' }, { kind: 'half-body' }, 1)
  await assert.rejects(call(cluster, 'GET', '/version'))
  cluster.faults.inject({ pathPrefix: '/version' }, { kind: 'hang' }, 1)
  await assert.rejects(fetch(`${cluster.url}/version`, { signal: AbortSignal.timeout(50) }), {
    name: 'TimeoutError',
  })
})

test('requests are counted by verb and resource; looking in from a test is not a request', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  cluster.objects.create(configMap('a'))
  assert.equal(cluster.counters.total(), 0)
  await call(cluster, 'GET', CONFIG_MAPS)
  await call(
    cluster,
    'PATCH',
    `${CONFIG_MAPS}/b?fieldManager=m`,
    configMap('b'),
    'application/apply-patch+yaml',
  )
  assert.deepEqual(cluster.counters.all(), { 'list configmaps': 1, 'apply configmaps': 1 })
  cluster.counters.reset()
  assert.equal(cluster.counters.total('list'), 0)
})

test('faults and counters can be reached over HTTP', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  const fault = { match: { resource: 'configmaps' }, fault: { kind: 'status', code: 500 }, times: 1 }
  assert.equal((await call(cluster, 'POST', '/sim/faults', fault)).code, 201)
  assert.equal((await call(cluster, 'GET', CONFIG_MAPS)).code, 500)
  const counters = await call(cluster, 'GET', '/sim/counters')
  assert.deepEqual(counters.body.requests, { 'list configmaps': 1 })
})

test('a wrong token is refused', async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  const refused = await fetch(cluster.url + CONFIG_MAPS, { headers: { authorization: 'Bearer wrong' } })
  assert.equal(refused.status, 401)
})

const noOpenssl = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not on PATH'

test('over TLS a token is asked for, and HTTP/2 is spoken', { skip: noOpenssl }, async (t) => {
  const cluster = await startCluster(t, { controllers: false, tls: certificate(temporaryFolder(t)) })
  const session = connect(cluster.url, { rejectUnauthorized: false })
  t.after(() => session.destroy())
  const status = async (headers: Record<string, string>) => {
    const [answer] = await once(session.request({ ':path': CONFIG_MAPS, ...headers }), 'response')
    return answer[':status']
  }
  assert.equal(await status({ authorization: `Bearer ${cluster.token}` }), 200)
  assert.equal(await status({}), 401)
})

function certificate(folder: string): { cert: string; key: string } {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=simulated']
  execFileSync('openssl', [...args, '-keyout', files.key, '-out', files.cert], { stdio: 'ignore' })
  return { cert: readFileSync(files.cert, 'utf8'), key: readFileSync(files.key, 'utf8') }
}
