import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { HealthRuleEntry, HealthStatus } from '@roadstead/proto'
import { readTable, tableModule, tablePath } from '../../../scripts/health-table.ts'
import type { LiveObject } from '../../kube/index.ts'
import { assessHealth } from './assess.ts'
import { ruleTable } from './generated/rule-table.ts'
import { matchesGlob } from './rules.ts'

const object = (apiVersion: string, kind: string, fields: object, metadata: object = {}): LiveObject =>
  ({ apiVersion, kind, metadata: { name: 'x', ...metadata }, ...fields }) as LiveObject
const conditions = (...list: [string, string, string?][]) => ({
  status: { conditions: list.map(([type, status, reason = '']) => ({ type, status, reason })) },
})

test('the table in the agent is that of the YAML files: npm run health-table -w agent', () => {
  assert.deepEqual(ruleTable, readTable())
  assert.equal(readFileSync(tablePath, 'utf8'), tableModule(ruleTable))
})

test('every rule has a name of its own', () => {
  const names = ruleTable.map(({ name }) => name)
  assert.deepEqual(names, [...new Set(names)])
})

// One or two a family, from what the operators document.
const families: readonly [string, LiveObject, HealthStatus][] = [
  [
    'an aborted rollout',
    object('argoproj.io/v1alpha1', 'Rollout', { status: { abort: true, phase: 'Healthy' } }),
    'Degraded',
  ],
  [
    'an application whose last sync failed',
    object('argoproj.io/v1alpha1', 'Application', {
      status: { health: { status: 'Healthy' }, operationState: { phase: 'Failed' } },
    }),
    'Healthy',
  ],
  [
    'a workflow with a retried step',
    object('argoproj.io/v1alpha1', 'Workflow', {
      status: { phase: 'Succeeded', nodes: { a: { phase: 'Failed' } } },
    }),
    'Healthy',
  ],
  [
    'a Kustomization that waits for another',
    object(
      'kustomize.toolkit.fluxcd.io/v1',
      'Kustomization',
      conditions(['Ready', 'False', 'DependencyNotReady']),
    ),
    'Progressing',
  ],
  [
    'an install plan that nobody approved',
    object('operators.coreos.com/v1alpha1', 'InstallPlan', { status: { phase: 'RequiresApproval' } }),
    'Suspended',
  ],
  [
    'a provider configuration',
    object('aws.upbound.io/v1beta1', 'ProviderConfig', { status: { users: 3 } }),
    'Healthy',
  ],
  [
    'an AWS resource that can not be',
    object(
      's3.services.k8s.aws/v1alpha1',
      'Bucket',
      conditions(['ACK.ResourceSynced', 'False'], ['ACK.Terminal', 'True']),
    ),
    'Degraded',
  ],
  [
    'an AWS resource on its way',
    object('s3.services.k8s.aws/v1alpha1', 'Bucket', conditions(['ACK.ResourceSynced', 'False'])),
    'Progressing',
  ],
  [
    'a host that failed to inspect',
    object('metal3.io/v1alpha1', 'BareMetalHost', {
      status: { operationalStatus: 'error', provisioning: { state: 'inspecting' } },
    }),
    'Degraded',
  ],
  [
    'a policy that is not kept',
    object('policy.open-cluster-management.io/v1', 'Policy', { status: { compliant: 'NonCompliant' } }),
    'Degraded',
  ],
  [
    'a node that drifted',
    object('karpenter.sh/v1', 'NodeClaim', conditions(['Ready', 'True'], ['Drifted', 'True'])),
    'Healthy',
  ],
  [
    'a Kafka with a warning',
    object(
      'kafka.strimzi.io/v1beta2',
      'Kafka',
      conditions(['Ready', 'True'], ['Warning', 'True', 'DeprecatedFields']),
    ),
    'Healthy',
  ],
  [
    'a rebalance that waits for an approval',
    object('kafka.strimzi.io/v1beta2', 'KafkaRebalance', conditions(['ProposalReady', 'True'])),
    'Suspended',
  ],
  [
    'an index of unknown health',
    object('kibana.k8s.elastic.co/v1', 'Kibana', { status: { health: 'unknown' } }),
    'Unknown',
  ],
  [
    'a pooler without its instances',
    object('postgresql.cnpg.io/v1', 'Pooler', { spec: { instances: 2 }, status: { instances: 1 } }),
    'Progressing',
  ],
  [
    'a cluster that fails over',
    object('postgresql.cnpg.io/v1', 'Cluster', { status: { phase: 'Failing over' } }),
    'Progressing',
  ],
  [
    'a stopped machine',
    object('kubevirt.io/v1', 'VirtualMachine', {
      status: { printableStatus: 'Stopped', ...conditions(['Ready', 'False', 'VMINotExists']).status },
    }),
    'Suspended',
  ],
  [
    'sidecars that are not all updated',
    object('apps.kruise.io/v1beta1', 'SidecarSet', {
      status: { matchedPods: 3, updatedPods: 2, readyPods: 3 },
    }),
    'Progressing',
  ],
  [
    'a model that could not be loaded',
    object('serving.kserve.io/v1beta1', 'InferenceService', {
      status: {
        modelStatus: { transitionStatus: 'BlockedByFailedLoad' },
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    }),
    'Degraded',
  ],
  [
    'a Flink job that was rolled back',
    object('flink.apache.org/v1beta1', 'FlinkDeployment', {
      status: { lifecycleState: 'ROLLED_BACK', jobStatus: { state: 'RUNNING' } },
    }),
    'Degraded',
  ],
  [
    'a virtual service nobody complains of',
    object('networking.istio.io/v1', 'VirtualService', { spec: {} }),
    'Healthy',
  ],
  ['a service monitor', object('monitoring.coreos.com/v1', 'ServiceMonitor', { spec: {} }), 'Healthy'],
]
for (const [what, live, expected] of families) {
  test(`${what} is ${expected}`, () => {
    const { status, rule } = assessHealth(live)
    assert.equal(status, expected, `by ${rule}`)
  })
}

const own: HealthRuleEntry = {
  name: 'queue-depth',
  groups: ['*.acme.dev'],
  kinds: ['Queue'],
  cases: [
    {
      status: 'Degraded',
      when: [{ field: '/status/shards/*/used', below: '/status/shards/*/least' }],
      reason: '/status/note',
    },
    {
      status: 'Suspended',
      when: [
        { field: '/spec/mode', is: ['off*'] },
        { field: '/spec/force', exists: false },
      ],
    },
    {
      status: 'Healthy',
      when: [
        { field: '/status/conditions/Open/reason', isNot: ['Busy'] },
        { field: '/status/at', exists: true },
      ],
    },
  ],
}
const queue = (fields: object) => assessHealth(object('eu.acme.dev/v1', 'Queue', fields), { rules: [own] })

test('an app’s own rules are asked first, case by case, and all of a case must hold', () => {
  assert.deepEqual(queue({ spec: { mode: 'OFFLINE' } }), {
    status: 'Suspended',
    reason: '/spec/mode is OFFLINE',
    rule: 'rule/queue-depth',
  })
  assert.notEqual(queue({ spec: { mode: 'offline', force: true } }).rule, 'rule/queue-depth')
  assert.equal(queue({ status: { at: 1 } }).status, 'Healthy')
  const busy = { at: 1, conditions: [{ type: 'Open', status: 'False', reason: 'Busy' }] }
  assert.equal(queue({ status: busy }).rule, 'condition/Open')
  const elsewhere = object('acme.dev/v1', 'Queue', { spec: { mode: 'off' } })
  assert.notEqual(assessHealth(elsewhere, { rules: [own] }).rule, 'rule/queue-depth')
})

test('where two pointers have a star, neighbours are compared, and the object’s own words are the reason', () => {
  const shards = { a: { used: 5, least: 3 }, 'b/c': { used: 9, least: 9 } }
  assert.notEqual(queue({ status: { shards } }).rule, 'rule/queue-depth')
  const short = { ...shards, 'b/c': { used: 8, least: 9 } }
  assert.deepEqual(queue({ status: { shards: short, note: 'shard b is short' } }), {
    status: 'Degraded',
    reason: 'shard b is short',
    rule: 'rule/queue-depth',
  })
})

test('a rule for a built-in kind replaces what is known of it', () => {
  const rules: HealthRuleEntry[] = [
    { name: 'calm', groups: [''], kinds: ['Pod'], cases: [{ status: 'Healthy' }] },
  ]
  const pod = object('v1', 'Pod', { status: { phase: 'Failed' } })
  assert.equal(assessHealth(pod, { rules }).status, 'Healthy')
  assert.equal(assessHealth(pod).status, 'Degraded')
})

test('a star in a glob stands for any characters, and only for them', () => {
  const found = ['*', 'a*', '*c', 'a*c', '*b*', 'abc', 'a*b*c'].map((glob) => matchesGlob(glob, 'abc'))
  assert.deepEqual(found, [true, true, true, true, true, true, true])
  const missed = ['', 'b*', '*b', 'a*a', 'abc*c', 'a*x*c'].map((glob) => matchesGlob(glob, 'abc'))
  assert.deepEqual(missed, [false, false, false, false, false, false])
})
