import assert from 'node:assert/strict'
import { test } from 'node:test'
import { until } from '../harness/until.ts'
import { configMap, deployment, kubectlFor, skipWithoutKubectl, startCluster } from './testing.ts'

const skip = skipWithoutKubectl
const ok = ({ code, out, err }: { code: number; out: string; err: string }): string => {
  assert.equal(code, 0, err)
  return out
}

test('kubectl apply, get, edit, scale, label, patch and delete', { skip }, async (t) => {
  const cluster = await startCluster(t)
  const kubectl = kubectlFor(t, cluster)
  const manifest = JSON.stringify(deployment('web', 'web:1'))
  assert.match(ok(await kubectl(['apply', '-f', '-'], manifest)), /deployment.apps\/web created/)
  assert.match(ok(await kubectl(['apply', '-f', '-'], manifest)), /unchanged/)
  ok(await kubectl(['rollout', 'status', 'deployment/web', '--timeout=10s']))
  assert.match(
    ok(await kubectl(['get', 'deployments'])),
    /NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +2\/2 +2 +2 /,
  )
  ok(await kubectl(['edit', 'deployment', 'web'], '', { KUBE_EDITOR: 'sed -i s/web:1/web:2/' }))
  ok(await kubectl(['scale', 'deployment', 'web', '--replicas=3']))
  ok(await kubectl(['label', 'deployment', 'web', 'tier=gold']))
  ok(await kubectl(['patch', 'deployment', 'web', '-p', '{"spec":{"minReadySeconds":1}}']))
  const live = cluster.objects.get({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: 'default',
    name: 'web',
  })
  const spec = live?.spec as {
    replicas: number
    minReadySeconds: number
    template: { spec: { containers: { image: string }[] } }
  }
  assert.equal(spec.template.spec.containers[0]?.image, 'web:2')
  assert.deepEqual([spec.replicas, spec.minReadySeconds, live?.metadata.labels?.tier], [3, 1, 'gold'])
  assert.match(ok(await kubectl(['delete', 'deployment', 'web'])), /deleted/)
  await until(() => cluster.objects.list('v1', 'Pod', 'default').length === 0)
})

test('kubectl apply --server-side meets the conflict of another manager, and may force', {
  skip,
}, async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  const kubectl = kubectlFor(t, cluster)
  cluster.objects.apply(configMap('shared', { key: 'theirs' }), 'other')
  const mine = JSON.stringify(configMap('shared', { key: 'mine' }))
  const refused = await kubectl(['apply', '--server-side', '-f', '-'], mine)
  assert.notEqual(refused.code, 0)
  assert.match(refused.err, /conflict with "other": \.data\.key/)
  ok(await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], mine))
})

test('kubectl create speaks protobuf', { skip }, async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  const kubectl = kubectlFor(t, cluster)
  ok(await kubectl(['create', 'namespace', 'team']))
  ok(await kubectl(['create', 'secret', 'generic', 's', '--from-literal=a=b', '-n', 'team']))
  ok(await kubectl(['create', 'deployment', 'd', '--image=i:1', '--replicas=2', '--port=80', '-n', 'team']))
  const secret = cluster.objects.get({ apiVersion: 'v1', kind: 'Secret', namespace: 'team', name: 's' })
  assert.deepEqual(secret?.data, { a: 'Yg==' })
  const made = cluster.objects.list('apps/v1', 'Deployment', 'team').map((object) => object.spec)
  const [{ replicas, template }] = made as [
    { replicas: number; template: { spec: { containers: { ports: unknown }[] } } },
  ]
  assert.equal(replicas, 2)
  assert.deepEqual(template.spec.containers[0]?.ports, [{ containerPort: 80, protocol: 'TCP' }])
})

test('kubectl explains a kind, refuses an unknown field, describes, and says who one is', {
  skip,
}, async (t) => {
  const cluster = await startCluster(t, { controllers: false })
  const kubectl = kubectlFor(t, cluster)
  assert.match(ok(await kubectl(['explain', 'deployment.spec.strategy'])), /rollingUpdate/)
  const typo = JSON.stringify({ ...configMap('typo'), dota: {} })
  const refused = await kubectl(['apply', '-f', '-'], typo)
  assert.match(refused.err, /unknown field "dota"/)
  assert.match(ok(await kubectl(['describe', 'node', 'simulated-node-1'])), /v1\.34\.0\+simulated/)
  assert.match(ok(await kubectl(['auth', 'can-i', 'create', 'pods'])), /yes/)
})
