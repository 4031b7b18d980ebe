import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HealthStatus } from '@roadstead/proto'
import { judgeWords, type Polarity, polarityOf } from './words.ts'

const said: readonly [string, HealthStatus | undefined][] = [
  ['Running', 'Healthy'],
  ['HEALTH_OK', 'Healthy'],
  ['Cluster in healthy state', 'Healthy'],
  ['NoErrors', 'Healthy'],
  ['AllReplicasReady', 'Healthy'],
  ['ImagePullBackOff', 'Degraded'],
  ['image-pull-failed', 'Degraded'],
  ['ROLLBACK_COMPLETE', 'Degraded'],
  ['PartiallyFailed', 'Degraded'],
  ['HEALTH_WARN', 'Degraded'],
  ['CouldntGetTask', 'Degraded'],
  ['WaitingForControlPlane', 'Progressing'],
  ['pending-install', 'Progressing'],
  ['WaitForFirstConsumer', 'Progressing'],
  ['ScalingDown', 'Progressing'],
  ['Paused', 'Suspended'],
  ['PoweredOff', 'Suspended'],
  ['NotFound', 'Missing'],
  ['Unknown', 'Unknown'],
  ['NotReady', undefined],
  ['DEPLOYED_NOT_READY', undefined],
  ['Quux', undefined],
  ['', undefined],
]
for (const [text, status] of said) {
  test(`"${text}" speaks of ${status ?? 'nothing known'}`, () => assert.equal(judgeWords(text), status))
}

const types: readonly [string, Polarity][] = [
  ['Ready', 'good'],
  ['ContainersReady', 'good'],
  ['MachinesUpToDate', 'good'],
  ['NoWarnings', 'good'],
  ['platform.example.com/statefulset-available', 'good'],
  ['ReplicaFailure', 'bad'],
  ['HasErrors', 'bad'],
  ['NotReady', 'bad'],
  ['CatalogSourcesUnhealthy', 'bad'],
  ['ACK.Terminal', 'bad'],
  ['DiskPressure', 'bad'],
  ['Reconciling', 'passing'],
  ['RollingRestart', 'passing'],
  ['InstallPlanPending', 'passing'],
  ['In-progress', 'passing'],
  ['ReconciliationPaused', 'stopped'],
  ['Upgradeable', 'silent'],
  ['Deprecated', 'silent'],
  ['Quux', 'silent'],
]
for (const [type, polarity] of types) {
  test(`a condition ${type} that is True is ${polarity}`, () => assert.equal(polarityOf(type), polarity))
}
