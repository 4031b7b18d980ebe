import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HealthStatus } from '@roadstead/proto'
import fc from 'fast-check'
import type { LiveObject } from '../../kube/index.ts'
import { assessHealth } from './assess.ts'
import { statusGraceMs } from './conventions.ts'

const object = (apiVersion: string, kind: string, fields: object, metadata: object = {}): LiveObject =>
  ({ apiVersion, kind, metadata: { name: 'x', namespace: 'default', ...metadata }, ...fields }) as LiveObject
const condition = (type: string, status: string, reason = '', message = '') => ({
  type,
  status,
  reason,
  message,
})
const deployment = (status: object, spec: object = { replicas: 2 }) =>
  object('apps/v1', 'Deployment', { spec, status: { observedGeneration: 1, ...status } }, { generation: 1 })
const done = { replicas: 2, updatedReplicas: 2, availableReplicas: 2 }

const cases: readonly [string, LiveObject, HealthStatus][] = [
  ['a Deployment with all replicas', deployment(done), 'Healthy'],
  ['a Deployment scaled to nothing', deployment({}, { replicas: 0 }), 'Healthy'],
  ['a Deployment that is not available', deployment({ ...done, availableReplicas: 1 }), 'Progressing'],
  ['a Deployment with old replicas', deployment({ ...done, replicas: 3 }), 'Progressing'],
  [
    'a Deployment whose controller lags',
    object(
      'apps/v1',
      'Deployment',
      { spec: {}, status: { ...done, observedGeneration: 1 } },
      { generation: 2 },
    ),
    'Progressing',
  ],
  ['a paused Deployment', deployment(done, { replicas: 2, paused: true }), 'Suspended'],
  [
    'a Deployment past its deadline',
    deployment({
      ...done,
      updatedReplicas: 1,
      conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded')],
    }),
    'Degraded',
  ],
  [
    'a Deployment that may not make Pods',
    deployment({ conditions: [condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota')] }),
    'Degraded',
  ],
  [
    'a StatefulSet in the middle of an update',
    object('apps/v1', 'StatefulSet', {
      spec: { replicas: 1 },
      status: { readyReplicas: 1, currentRevision: 'a', updateRevision: 'b' },
    }),
    'Progressing',
  ],
  [
    'a StatefulSet',
    object('apps/v1', 'StatefulSet', {
      spec: { replicas: 1 },
      status: { readyReplicas: 1, currentRevision: 'a', updateRevision: 'a' },
    }),
    'Healthy',
  ],
  ['a DaemonSet without status', object('apps/v1', 'DaemonSet', { spec: {} }), 'Progressing'],
  [
    'a DaemonSet',
    object('apps/v1', 'DaemonSet', {
      status: { desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3 },
    }),
    'Healthy',
  ],
  [
    'a Job that failed',
    object('batch/v1', 'Job', {
      status: { conditions: [condition('Failed', 'True', 'BackoffLimitExceeded')] },
    }),
    'Degraded',
  ],
  ['a Job that runs', object('batch/v1', 'Job', { status: { active: 1 } }), 'Progressing'],
  [
    'a Job that is done',
    object('batch/v1', 'Job', { status: { conditions: [condition('Complete', 'True')] } }),
    'Healthy',
  ],
  ['a suspended CronJob', object('batch/v1', 'CronJob', { spec: { suspend: true } }), 'Suspended'],
  ['a failed Pod', object('v1', 'Pod', { status: { phase: 'Failed', reason: 'Evicted' } }), 'Degraded'],
  [
    'a Pod in a crash loop',
    object('v1', 'Pod', {
      status: {
        phase: 'Running',
        containerStatuses: [{ name: 'a', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
      },
    }),
    'Degraded',
  ],
  [
    'a load balancer without an address',
    object('v1', 'Service', { spec: { type: 'LoadBalancer' }, status: { loadBalancer: {} } }),
    'Progressing',
  ],
  ['a plain Service', object('v1', 'Service', { spec: { type: 'ClusterIP' } }), 'Healthy'],
  [
    'a claim that waits',
    object('v1', 'PersistentVolumeClaim', { status: { phase: 'Pending' } }),
    'Progressing',
  ],
  [
    'a claim that lost its volume',
    object('v1', 'PersistentVolumeClaim', { status: { phase: 'Lost' } }),
    'Degraded',
  ],
  [
    'a definition that is not established',
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { status: {} }),
    'Progressing',
  ],
  [
    'an APIService without a backend',
    object('apiregistration.k8s.io/v1', 'APIService', {
      status: { conditions: [condition('Available', 'False', 'MissingEndpoints')] },
    }),
    'Progressing',
  ],
  ['a ConfigMap', object('v1', 'ConfigMap', { data: {} }), 'Healthy'],
  [
    'what is being deleted',
    object('v1', 'ConfigMap', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    'Progressing',
  ],
  [
    'a custom object that is ready',
    object('example.dev/v1', 'Thing', { status: { conditions: [condition('Ready', 'True')] } }),
    'Healthy',
  ],
  [
    'a custom object that says why not',
    object('example.dev/v1', 'Thing', {
      status: { conditions: [condition('Ready', 'False', 'LoginFailed')] },
    }),
    'Degraded',
  ],
  [
    'a custom object on its way',
    object('example.dev/v1', 'Thing', {
      status: { conditions: [condition('Ready', 'False', 'Provisioning')] },
    }),
    'Progressing',
  ],
  [
    'a ready one whose steps fail',
    object('example.dev/v1', 'Thing', {
      status: { conditions: [condition('Ready', 'True'), condition('Synced', 'False', 'ReconcileError')] },
    }),
    'Degraded',
  ],
  [
    'a stalled one',
    object('example.dev/v1', 'Thing', {
      status: { conditions: [condition('Stalled', 'True', 'BadRef'), condition('Ready', 'Unknown')] },
    }),
    'Degraded',
  ],
  [
    'a suspended one',
    object('example.dev/v1', 'Thing', { spec: { suspend: true }, status: { phase: 'Failed' } }),
    'Suspended',
  ],
  ['one with a phase', object('example.dev/v1', 'Thing', { status: { phase: 'Running' } }), 'Healthy'],
  [
    'one with a phase of failure',
    object('example.dev/v1', 'Thing', {
      status: { state: 'ERROR', conditions: [condition('Ready', 'True')] },
    }),
    'Degraded',
  ],
  [
    'one whose controller has not looked yet',
    object('example.dev/v1', 'Thing', { spec: { a: 1 } }),
    'Progressing',
  ],
]

for (const [what, live, expected] of cases) {
  test(`${what} is ${expected}`, () => {
    assert.equal(assessHealth(live).status, expected)
  })
}

const pod = (name: string, created: string, reason: string, hash = 'new') =>
  object(
    'v1',
    'Pod',
    { status: { phase: 'Pending', containerStatuses: [{ name: 'web', state: { waiting: { reason } } }] } },
    { name, creationTimestamp: created, labels: { 'pod-template-hash': hash } },
  )

test('a workload that does not come up is degraded with the reason of its newest Pods', () => {
  const unfinished = deployment({ ...done, updatedReplicas: 1 })
  const pods = [
    pod('old', '2026-01-01T00:00:00Z', 'CrashLoopBackOff', 'old'),
    pod('new', '2026-01-02T00:00:00Z', 'ImagePullBackOff'),
  ]
  const verdict = assessHealth(unfinished, { pods })
  assert.equal(verdict.status, 'Degraded')
  assert.match(verdict.reason, /Pod new: container web is in ImagePullBackOff/)
})

test('trouble of the Pods that a rollout replaces is not the workload’s', () => {
  const unfinished = deployment({ ...done, updatedReplicas: 1 })
  const pods = [
    pod('old', '2026-01-01T00:00:00Z', 'CrashLoopBackOff', 'old'),
    pod('new', '2026-01-02T00:00:00Z', 'ContainerCreating'),
  ]
  assert.equal(assessHealth(unfinished, { pods }).status, 'Progressing')
})

test('a custom object that never gets a status is well after a while', () => {
  const created = '2026-01-01T00:00:00.000Z'
  const silent = object('example.dev/v1', 'Thing', { spec: { a: 1 } }, { creationTimestamp: created })
  const nowMs = Date.parse(created) + statusGraceMs
  assert.equal(assessHealth(silent, { nowMs: nowMs - 1 }).status, 'Progressing')
  assert.deepEqual(assessHealth(silent, { nowMs }), { status: 'Healthy', reason: '', rule: 'exists' })
})

test('a custom object whose kind has no status is well as soon as it is there', () => {
  const created = '2026-01-01T00:00:00.000Z'
  const flag = object('example.dev/v1', 'Flag', { spec: { enabled: true } }, { creationTimestamp: created })
  const context = { nowMs: Date.parse(created), hasStatus: false }
  assert.deepEqual(assessHealth(flag, context), { status: 'Healthy', reason: '', rule: 'exists' })
})

test('no object whatever makes it throw', () => {
  const kinds = fc.constantFrom(
    ['apps/v1', 'Deployment'],
    ['v1', 'Pod'],
    ['batch/v1', 'Job'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  )
  const odd = fc.anything({ withNullPrototype: false, maxDepth: 4 })
  fc.assert(
    fc.property(kinds, odd, odd, odd, ([apiVersion = '', kind = ''], spec, status, metadata) => {
      const live = { apiVersion, kind, metadata: { name: 'x', labels: metadata }, spec, status } as never
      const conditions = {
        apiVersion,
        kind,
        metadata: { name: 'x' },
        status: { conditions: status },
      } as never
      assert.ok(assessHealth(live).status)
      assert.ok(assessHealth(conditions, { pods: [live] }).status)
    }),
  )
})
