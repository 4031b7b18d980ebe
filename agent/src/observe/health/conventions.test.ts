import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HealthStatus } from '@roadstead/proto'
import type { LiveObject } from '../../kube/index.ts'
import { assessHealth } from './assess.ts'

/** Kinds that no rule of the table is for: what is proven here holds for kinds nobody has seen. */
const custom = (fields: object, kind = 'Thing', metadata: object = {}): LiveObject =>
  ({ apiVersion: 'example.dev/v1', kind, metadata: { name: 'x', ...metadata }, ...fields }) as LiveObject
const when = (...conditions: object[]) => custom({ status: { conditions } })
const c = (type: string, status: unknown, reason = '', message = '', more: object = {}) => ({
  type,
  status,
  reason,
  message,
  ...more,
})

const cases: readonly [string, LiveObject, HealthStatus][] = [
  // Conditions.
  ['a status written as a boolean', when(c('Ready', true)), 'Healthy'],
  [
    'conditions written as a map',
    custom({ status: { conditions: { Ready: { status: 'True' } } } }),
    'Healthy',
  ],
  ['a bare no', when(c('Ready', 'False')), 'Progressing'],
  ['a no with words that speak of no way', when(c('Ready', 'False', '', 'the bucket is taken')), 'Degraded'],
  ['a no that somebody asked for', when(c('Ready', 'False', 'ReconcilePaused')), 'Suspended'],
  ['a condition nobody knows', when(c('Ready', 'Unknown', 'ReconcileError')), 'Degraded'],
  ['a negative condition', when(c('Ready', 'True'), c('BrokerError', 'True')), 'Degraded'],
  ['a negative condition that does not hold', when(c('Ready', 'True'), c('BrokerError', 'False')), 'Healthy'],
  ['NotReady for a reason that passes', when(c('NotReady', 'True', 'Creating')), 'Progressing'],
  ['work under way beside Ready', when(c('Ready', 'True'), c('Upgrading', 'True')), 'Progressing'],
  [
    'a rollout that is over',
    when(c('Available', 'True'), c('Progressing', 'True', 'NewReplicaSetAvailable')),
    'Healthy',
  ],
  [
    'a rollout past its deadline',
    when(c('Available', 'True'), c('Progressing', 'False', 'ProgressDeadlineExceeded')),
    'Degraded',
  ],
  [
    'a retry after a failure',
    when(c('Reconciling', 'True', 'ProgressingWithRetry'), c('Ready', 'False', 'BuildFailed')),
    'Degraded',
  ],
  ['a False of no severity', when(c('Ready', 'False', 'Quux', '', { severity: 'Info' })), 'Progressing'],
  [
    'a False of high severity',
    when(c('Ready', 'False', 'Reconciling', '', { severity: 'Error' })),
    'Degraded',
  ],
  ['an operator made with Ansible at work', when(c('Running', 'True', 'Running')), 'Progressing'],
  ['an operator made with Ansible at rest', when(c('Running', 'True', 'Successful')), 'Healthy'],
  ['conditions that say nothing of health', when(c('Quux', 'True')), 'Progressing'],
  ['nobody knowing yet', when(c('Ready', 'Unknown', 'RevisionMissing')), 'Progressing'],
  ['a no of so many there', when(c('AllReady', 'False', 'Quux', '1/3 Pods ready')), 'Progressing'],
  ['a no of so many not there', when(c('AllReady', 'False', 'Quux', '1 of 2 are not ready')), 'Degraded'],
  [
    'a run that is over',
    custom(
      { status: { conditions: [c('Running', 'False', 'JobRunning'), c('Succeeded', 'True')] } },
      'TrainJob',
    ),
    'Healthy',
  ],
  [
    'conditions appended as to a log',
    when(c('Deploying', 'True'), c('Deploying', 'False'), c('Ready', 'True')),
    'Healthy',
  ],
  // Phases and flags.
  ['a status of one word', custom({ status: 'Ready' }), 'Healthy'],
  ['a state in a state', custom({ status: { applicationState: { state: 'FAILED' } } }), 'Degraded'],
  [
    'a phase on its way beside Ready',
    custom({ status: { phase: 'Provisioning', conditions: [c('Ready', 'True')] } }),
    'Progressing',
  ],
  [
    'a phase that explains an open no',
    custom({ status: { phase: 'Scheduled', conditions: [c('Ready', 'False', 'GuestNotRunning')] } }),
    'Progressing',
  ],
  ['the wanted state', custom({ status: { state: 'Running', desiredState: 'Stopped' } }), 'Healthy'],
  ['only the last operation', custom({ status: { phase: '', lastOperationStatus: 'Failed' } }), 'Degraded'],
  ['a flag', custom({ status: { ready: false } }), 'Progressing'],
  ['a flag of trouble', custom({ status: { uid: 'a', noMatchingInstances: true } }), 'Degraded'],
  [
    'a message of failure',
    custom({ status: { phase: 'Provisioned', failureMessage: 'no such image' } }),
    'Degraded',
  ],
  ['a job that runs', custom({ status: { state: 'running' } }, 'BatchJob'), 'Progressing'],
  [
    'a clock that has its next run',
    custom({ status: { scheduleState: 'Scheduled' } }, 'ScheduledThing'),
    'Healthy',
  ],
  ['a service that runs', custom({ status: { state: 'running' } }), 'Healthy'],
  // Parts.
  [
    'a part that is refused',
    custom({ status: { phase: 'Ready', members: [{ state: 'ok' }, { state: 'CrashLoop' }] } }),
    'Degraded',
  ],
  [
    'a part on its way',
    custom({ status: { phase: 'Ready', members: [{ phase: 'pending' }] } }),
    'Progressing',
  ],
  [
    'a part that is stopped',
    custom({ status: { phase: 'Ready', members: [{ state: 'stopped' }] } }),
    'Healthy',
  ],
  [
    'a part in a state nobody knows',
    custom({ status: { phase: 'Ready', members: [{ state: 'quux' }] } }),
    'Healthy',
  ],
  ['a part that was', custom({ status: { phase: 'Ready', history: [{ state: 'Failed' }] } }), 'Healthy'],
  ['parts alone', custom({ status: { statuses: { a: { state: 'Accepted' } } } }), 'Healthy'],
  // Counts.
  [
    'too few replicas',
    custom({ spec: { replicas: 3 }, status: { readyReplicas: 2, conditions: [c('Ready', 'True')] } }),
    'Progressing',
  ],
  [
    'too few replicas in a set',
    custom({ status: { sets: [{ replicas: 2, readyReplicas: 1 }], conditions: [c('Ready', 'True')] } }),
    'Progressing',
  ],
  ['a count in a text', custom({ status: { scale: { statusReplicas: '1/3' } } }), 'Progressing'],
  [
    'a rollout held back by a partition',
    custom({
      spec: { replicas: 5, updateStrategy: { rollingUpdate: { partition: 2 } } },
      status: { updatedReplicas: 3 },
    }),
    'Suspended',
  ],
  // Suspension, generations, silence.
  [
    'a pause by annotation',
    custom({ status: { phase: 'Failed' } }, 'Thing', { annotations: { 'example.dev/paused': 'true' } }),
    'Suspended',
  ],
  [
    'a generation written as a text',
    custom({ status: { observedGeneration: '1' } }, 'Thing', { generation: 2 }),
    'Progressing',
  ],
  [
    'nothing but the newest generation',
    custom({ status: { observedGeneration: 2 } }, 'Thing', { generation: 2 }),
    'Healthy',
  ],
  ['a note of when it last ran', custom({ status: { lastScheduleTime: '2026-01-01T00:00:00Z' } }), 'Healthy'],
  ['an empty list of conditions', when(), 'Progressing'],
  [
    'a deletion',
    custom({ status: { phase: 'Ready' } }, 'Thing', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    'Progressing',
  ],
  [
    'a deletion that reports trouble',
    custom({ status: { phase: 'DeleteFailed' } }, 'Thing', { deletionTimestamp: '2026-01-01T00:00:00Z' }),
    'Degraded',
  ],
]

for (const [what, live, expected] of cases) {
  test(`${what} is ${expected}`, () => {
    const { status, rule } = assessHealth(live)
    assert.equal(status, expected, `by ${rule}`)
  })
}
