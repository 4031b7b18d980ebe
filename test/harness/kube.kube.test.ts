import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kubeObjects } from './kube/objects.ts'
import { kubeRequest } from './kube/requests.ts'
import { sharedKubes } from './kube/shared.ts'
import { until } from './until.ts'

const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { key: 'value' },
})

for (const shared of sharedKubes) {
  test(`${shared.name} keeps its objects over kill -9 and a restart`, async (t) => {
    const server = await shared.start()
    if ('missing' in server) return t.skip(server.missing)
    const objects = kubeObjects(server)
    await objects.create(configMap('kept'))
    const before = server.pid
    await server.kill()
    await assert.rejects(objects.list('v1', 'ConfigMap', 'default'), /ECONNREFUSED|ECONNRESET|socket hang up/)
    await server.restart()
    assert.notEqual(server.pid, before)
    const { uid } = (await objects.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'kept' }))?.metadata ?? {}
    assert.ok(uid)
  })

  test(`${shared.name} is given the body of a DELETE`, async (t) => {
    const server = await shared.start()
    if ('missing' in server) return t.skip(server.missing)
    await kubeObjects(server).create(configMap('another'))
    const path = '/api/v1/namespaces/default/configmaps/another'
    const body = { preconditions: { uid: 'of somebody else' } }
    assert.equal((await kubeRequest(server, 'DELETE', path, { body })).status, 409)
  })

  test(`${shared.name} says which version it is, and refuses who has no token`, async (t) => {
    const server = await shared.start()
    if ('missing' in server) return t.skip(server.missing)
    const { body } = await kubeRequest(server, 'GET', '/version')
    assert.equal(body.gitVersion, `v${server.version}`)
    const refused = await kubeRequest({ ...server, token: 'wrong' }, 'GET', '/api/v1/namespaces')
    assert.equal(refused.status, 401)
  })

  test(`${shared.name} plays workloads: Pods become ready, owners take them along`, async (t) => {
    const server = await shared.start()
    if ('missing' in server) return t.skip(server.missing)
    if (!server.hasControllers) return t.skip('there is no kube-controller-manager beside it')
    const objects = kubeObjects(server)
    const web = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
    const labels = { app: 'web' }
    const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }
    const spec = { replicas: 2, selector: { matchLabels: labels }, template }
    await objects.create({ ...web, metadata: { name: 'web', namespace: 'default' }, spec })
    await until(async () => (await objects.get(web))?.status?.availableReplicas === 2)
    await objects.delete(web)
    await until(async () => (await objects.list('v1', 'Pod', 'default')).length === 0)
  })
}
