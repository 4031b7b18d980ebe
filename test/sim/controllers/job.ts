import type { Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { isTrue, withCondition } from './conditions.ts'
import { podFrom } from './template.ts'
import type { Toolbox } from './toolbox.ts'

/** Runs a Job's pods to completion, or to its back-off limit; returns ms until it must be looked at again. */
export function reconcileJob(tools: Toolbox, job: KubeObject): number | undefined {
  if (job.metadata.deletionTimestamp) return undefined
  if (isTrue(job, 'Complete') || isTrue(job, 'Failed')) return expire(tools, job)
  const spec = job.spec as Record<string, number> & { suspend?: boolean }
  const status = (job.status ?? {}) as Json
  if (spec.suspend) return suspend(tools, job, status)
  const pods = tools.owners.controlled(job, 'pods')
  const phase = (name: string) => pods.filter((pod) => (pod.status as Json).phase === name).length
  const succeeded = phase('Succeeded')
  const failed = phase('Failed')
  const active = pods.length - succeeded - failed
  const completions = spec.completions ?? 1
  const outOfTries = failed > (spec.backoffLimit ?? 6)
  if (!outOfTries && succeeded < completions) {
    const wanted = Math.min(spec.parallelism ?? 1, completions - succeeded)
    for (let missing = wanted - active; missing > 0; missing--) makePod(tools, job)
  }
  report(tools, job, status, { succeeded, failed, completions, outOfTries })
  return undefined
}

function makePod(tools: Toolbox, job: KubeObject): void {
  tools.create(podFrom(job, { generateName: `${job.metadata.name}-` }))
}

function suspend(tools: Toolbox, job: KubeObject, status: Json): undefined {
  const suspended = {
    type: 'Suspended',
    status: 'True' as const,
    reason: 'JobSuspended',
    message: 'Job suspended',
  }
  tools.setStatus(job, { ...status, conditions: withCondition(status.conditions, suspended, tools.now()) })
}

function report(
  tools: Toolbox,
  job: KubeObject,
  status: Json,
  counts: { succeeded: number; failed: number; completions: number; outOfTries: boolean },
): void {
  const now = tools.now()
  const pods = tools.owners.controlled(job, 'pods')
  const { succeeded, failed } = counts
  const active = pods.length - succeeded - failed
  const next: Json = {
    ...status,
    startTime: status.startTime ?? now,
    active,
    succeeded,
    failed,
    ready: pods.filter((pod) => isTrue(pod, 'Ready')).length,
    terminating: 0,
    uncountedTerminatedPods: {},
  }
  if (succeeded >= counts.completions) {
    next.completionTime = now
    next.conditions = ended(status.conditions, now, 'SuccessCriteriaMet', 'Complete', {
      reason: 'CompletionsReached',
      message: 'Reached expected number of succeeded pods',
    })
  } else if (counts.outOfTries) {
    next.conditions = ended(status.conditions, now, 'FailureTarget', 'Failed', {
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    })
  }
  tools.setStatus(job, next)
}

function ended(
  conditions: unknown,
  now: string,
  first: string,
  last: string,
  why: { reason: string; message: string },
) {
  const with_ = withCondition(conditions, { type: first, status: 'True', ...why, lastProbeTime: now }, now)
  return withCondition(with_, { type: last, status: 'True', ...why, lastProbeTime: now }, now)
}

/** `ttlSecondsAfterFinished`. */
function expire(tools: Toolbox, job: KubeObject): number | undefined {
  const ttl = (job.spec as Json).ttlSecondsAfterFinished
  if (typeof ttl !== 'number') return undefined
  const conditions = (job.status as { conditions: { lastTransitionTime: string }[] }).conditions
  const end = Date.parse(conditions.at(-1)?.lastTransitionTime ?? '')
  const left = end + ttl * 1000 - Date.now()
  if (left > 0) return left
  tools.delete(job)
  return undefined
}
