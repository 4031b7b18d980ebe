import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { KubernetesObject } from '@roadstead/proto'
import { temporaryDirectory, until } from '../../../test/harness/index.ts'
import { createSimulatedCluster, type SimulatedCluster } from '../../../test/sim/index.ts'
import { configMap } from '../testing/objects.ts'
import { createKubeClient, type KubeClient } from './client.ts'
import { kubeconfigAccess } from './kubeconfig.ts'
import { keyOf } from './objects.ts'

const never = new AbortController().signal
const opensslMissing = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not on PATH'

function certificate(): { cert: string; key: string } {
  const folder = temporaryDirectory('tls').path
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
  const subject = ['-subj', '/CN=simulated', '-addext', 'subjectAltName=IP:127.0.0.1']
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', ...subject]
  execFileSync('openssl', [...args, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
}

/** A client as a kubeconfig gives it, over TLS with HTTP/2 or over plain HTTP/1.1. */
async function connected(
  t: { after(end: () => void | Promise<void>): void },
  tls?: { cert: string; key: string },
): Promise<{ sim: SimulatedCluster; kube: KubeClient }> {
  const sim = await createSimulatedCluster({ name: 'here', ...(tls ? { tls } : {}) })
  t.after(() => sim.close())
  const path = join(temporaryDirectory('kubeconfig').path, 'config')
  writeFileSync(path, sim.kubeconfig())
  const kube = createKubeClient(await kubeconfigAccess(path), { userAgent: 'test' })
  t.after(() => kube.close())
  return { sim, kube }
}

const object = configMap('one') as unknown as KubernetesObject

for (const [how, skip, tls] of [
  ['HTTP/1.1', false, undefined],
  ['HTTP/2 over TLS', opensslMissing, certificate],
] as const) {
  test(`objects are applied, read, watched, listed and deleted over ${how}`, { skip }, async (t) => {
    const { kube } = await connected(t, tls?.())
    const applied = await kube.apply(object, {}, never)
    assert.equal((await kube.get(keyOf(object), never))?.metadata.uid, applied.metadata.uid)
    const page = await kube.list('v1', 'ConfigMap', { namespace: 'default' }, never)
    assert.ok(page.items.some(({ metadata }) => metadata.name === 'one'))

    const ending = new AbortController()
    const seen: string[] = []
    const watching = (async () => {
      const selection = { namespace: 'default', resourceVersion: page.resourceVersion }
      for await (const event of kube.watch('v1', 'ConfigMap', selection, ending.signal)) seen.push(event.type)
    })()
    await kube.apply({ ...object, data: { key: 'new' } } as KubernetesObject, {}, never)
    await until(() => seen.includes('MODIFIED'))
    assert.equal(await kube.delete(keyOf(object), 'another-uid', never), 'replaced')
    assert.equal(await kube.delete(keyOf(object), applied.metadata.uid, never), 'deleted')
    assert.equal(await kube.delete(keyOf(object), applied.metadata.uid, never), 'gone')
    await until(() => seen.includes('DELETED'))
    ending.abort()
    await watching
  })

  test(`a connection that was cut is replaced over ${how}`, { skip }, async (t) => {
    const { sim, kube } = await connected(t, tls?.())
    await kube.apply(object, {}, never)
    sim.closeConnections()
    const live = await until(() => kube.get(keyOf(object), never))
    assert.equal(live.metadata.name, 'one')
  })

  test(`an answer that does not come can be given up over ${how}`, { skip }, async (t) => {
    const { sim, kube } = await connected(t, tls?.())
    await kube.resourceOf('v1', 'ConfigMap', never)
    sim.faults.inject({ verb: 'get', resource: 'configmaps' }, { kind: 'hang' })
    const ending = new AbortController()
    const asked = kube.get(keyOf(object), ending.signal)
    await until(() => sim.counters.total('get', 'configmaps') > 0)
    ending.abort()
    await assert.rejects(asked, { code: 'cancelled', retry: 'superseded' })
  })
}

test('a server with a certificate of nobody we know is not talked to', {
  skip: opensslMissing,
}, async (t) => {
  const { sim } = await connected(t, certificate())
  const stranger = createKubeClient(
    {
      server: new URL(sim.url),
      credentials: async () => ({ authorization: `Bearer ${sim.token}` }),
      refresh() {},
    },
    { userAgent: 'test' },
  )
  t.after(() => stranger.close())
  await assert.rejects(stranger.version(never), { code: 'cluster-unreachable' })
})

test('a token that was rotated is read again after a 401', async (t) => {
  const { sim } = await connected(t)
  let refreshed = 0
  const rotating = createKubeClient(
    {
      server: new URL(sim.url),
      credentials: async () => ({ authorization: `Bearer ${refreshed > 0 ? sim.token : 'old'}` }),
      refresh: () => {
        refreshed += 1
      },
    },
    { userAgent: 'test' },
  )
  t.after(() => rotating.close())
  await rotating.resourceOf('v1', 'ConfigMap', never)
  assert.equal(refreshed, 1)
})

test('a kind that the cluster does not have is named', async (t) => {
  const { kube } = await connected(t)
  const unknown = { ...object, apiVersion: 'example.dev/v1', kind: 'Nothing' } as KubernetesObject
  await assert.rejects(kube.apply(unknown, {}, never), {
    code: 'kind-unknown',
    message: /Nothing in example.dev\/v1/,
  })
})

test('a dry run changes nothing', async (t) => {
  const { kube } = await connected(t)
  await kube.apply(object, { dryRun: true }, never)
  assert.equal(await kube.get(keyOf(object), never), undefined)
})
