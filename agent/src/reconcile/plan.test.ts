import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AppName, KubernetesObject } from '@roadstead/proto'
import { newRecord } from '../inventory/record.ts'
import { configMap } from '../testing/objects.ts'
import { appLabel, type DesiredApp, desire } from './desired.ts'
import { planApp, unmetDependencies } from './plan.ts'
import { lastStage, ordinaryStage, stageOf } from './stages.ts'

const app = 'web' as AppName
const scope = { cluster: { name: 'here', environment: 'dev', labels: {} }, vars: { size: 3 } }
const desiredOf = (...objects: object[]): DesiredApp =>
  desire(app, { objects: objects as KubernetesObject[] }, scope, (_version, kind) => kind !== 'Namespace')

function appliedRecord(desired: DesiredApp) {
  const record = newRecord(app)
  for (const { key, ref, apiVersion, hash } of desired.objects.values()) {
    record.objects.set(key, { ref, apiVersion, uid: 'u', applied: hash })
  }
  return record
}

const object = (kind: string, apiVersion: string, name = 'x') => ({ apiVersion, kind, metadata: { name } })

test('definitions, namespaces and classes come first, webhooks last', () => {
  const plan = planApp(
    desiredOf(
      object('ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1'),
      object('Deployment', 'apps/v1'),
      object('ConfigMap', 'v1'),
      object('ClusterRole', 'rbac.authorization.k8s.io/v1'),
      object('Namespace', 'v1'),
      object('CustomResourceDefinition', 'apiextensions.k8s.io/v1'),
    ),
    newRecord(app),
  )
  const kinds = plan.stages.map((stage) => stage.map(({ ref }) => ref.kind).join())
  assert.deepEqual(kinds, [
    'CustomResourceDefinition',
    'Namespace',
    'ClusterRole',
    'ConfigMap',
    'Deployment',
    'ValidatingWebhookConfiguration',
  ])
})

test('a kind of the same name in another group is an ordinary one', () => {
  assert.equal(stageOf({ group: 'example.dev', kind: 'Namespace' }), ordinaryStage)
  assert.equal(stageOf({ group: 'apiregistration.k8s.io', kind: 'APIService' }), lastStage)
})

test('an app that is as it was applied has nothing to do', () => {
  const desired = desiredOf(configMap('a'), configMap('b'))
  assert.deepEqual(planApp(desired, appliedRecord(desired)), { stages: [], stale: [] })
})

test('only what changed is applied, and what is gone is stale', () => {
  const record = appliedRecord(desiredOf(configMap('a'), configMap('b'), configMap('c')))
  const plan = planApp(desiredOf(configMap('a'), configMap('b', { key: 'new' })), record)
  assert.deepEqual(
    plan.stages.flat().map(({ ref }) => ref.name),
    ['b'],
  )
  assert.deepEqual(plan.stale, ['/ConfigMap/default/c'])
})

test('an object that can not be written down is a problem, and what is live of it is not stale', () => {
  const record = appliedRecord(desiredOf(configMap('a'), configMap('b')))
  const desired = desiredOf(configMap('a'), configMap('b', { key: '${vars.missing}' }))
  assert.equal(desired.problems[0]?.code, 'undefined-variable')
  assert.deepEqual(planApp(desired, record).stale, [])
})

test('a desired object is labelled, placed in a namespace, and has its variables', () => {
  const raw = { ...configMap('a', { size: '${vars.size}' }), metadata: { name: 'a' } }
  const [written] = desiredOf(raw).objects.values()
  const { metadata, data } = JSON.parse(written?.json ?? '{}')
  assert.deepEqual(metadata, { labels: { [appLabel]: 'web' }, name: 'a', namespace: 'default' })
  assert.deepEqual(data, { size: 3 })
})

test('a custom kind takes the scope that its definition in the same release gives it', () => {
  const definition = {
    ...object('CustomResourceDefinition', 'apiextensions.k8s.io/v1'),
    spec: { group: 'example.dev', scope: 'Cluster', names: { kind: 'Gizmo' } },
  }
  const gizmo = { apiVersion: 'example.dev/v1', kind: 'Gizmo', metadata: { name: 'g', namespace: 'default' } }
  const desired = desire(app, { objects: [definition, gizmo] as KubernetesObject[] }, scope, () => undefined)
  assert.deepEqual([...desired.objects.keys()][1], 'example.dev/Gizmo//g')
})

test('an app waits for exactly those of its dependencies that are not settled', () => {
  assert.deepEqual(
    unmetDependencies(['a', 'b', 'c'], (name) => name === 'b'),
    ['a', 'c'],
  )
})
