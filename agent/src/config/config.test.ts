import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAgentConfig } from './config.ts'

const inPod = { ROADSTEAD_CLUSTER: 'here', KUBERNETES_SERVICE_HOST: '10.0.0.1' }

test('in a Pod the name of the cluster is enough', () => {
  const config = readAgentConfig(inPod)
  assert.equal(config.cluster, 'here')
  assert.deepEqual(config.kube, { kind: 'in-cluster', server: new URL('https://10.0.0.1:443') })
  assert.deepEqual(config.identity, { kind: 'stored' })
})

test('an address of the sixth version is written as a URL wants it', () => {
  const { kube } = readAgentConfig({
    ...inPod,
    KUBERNETES_SERVICE_HOST: 'fd00::1',
    KUBERNETES_SERVICE_PORT: '6443',
  })
  assert.equal(kube.kind === 'in-cluster' && kube.server.href, 'https://[fd00::1]:6443/')
})

test('a token and a hub make it enrol', () => {
  const { identity } = readAgentConfig({
    ...inPod,
    ROADSTEAD_HUB_URL: 'https://hub.example.dev',
    ROADSTEAD_ENROLMENT_TOKEN: 'one-time-secret-token',
  })
  assert.equal(identity.kind, 'enrol')
})

test('every fault is named in one go, and no secret with it', () => {
  const faulty = {
    ROADSTEAD_CLUSTER: 'Not A Name',
    ROADSTEAD_HUB_URL: 'nonsense',
    ROADSTEAD_LOG_LEVEL: 'loud',
    ROADSTEAD_ENROLMENT_TOKEN: 'very-secret-token-value',
  }
  const named = ['ROADSTEAD_CLUSTER', 'ROADSTEAD_HUB_URL', 'ROADSTEAD_LOG_LEVEL']
  assert.throws(
    () => readAgentConfig(faulty),
    ({ message }: Error) => named.every((name) => message.includes(name)) && !message.includes('very-secret'),
  )
})

test('half an identity by files is a fault', () => {
  assert.throws(() => readAgentConfig({ ...inPod, ROADSTEAD_NKEY_SEED_FILE: '/seed' }), /go together/)
})

test('an identity by files is complete with the cluster’s key', () => {
  const files = {
    ROADSTEAD_NKEY_SEED_FILE: '/seed',
    ROADSTEAD_USER_JWT_FILE: '/jwt',
    ROADSTEAD_ASSIGNMENT_KEYS_FILE: '/keys',
    ROADSTEAD_NATS_URLS: 'nats://broker',
  }
  assert.throws(() => readAgentConfig({ ...inPod, ...files }), /ROADSTEAD_CLUSTER_KEY_FILE go together/)
  const { identity } = readAgentConfig({ ...inPod, ...files, ROADSTEAD_CLUSTER_KEY_FILE: '/key' })
  assert.equal(identity.kind === 'files' && identity.clusterKeyFile, '/key')
})

test('outside of a Pod a kubeconfig is needed', () => {
  assert.throws(() => readAgentConfig({ ROADSTEAD_CLUSTER: 'here' }), /KUBECONFIG/)
})
