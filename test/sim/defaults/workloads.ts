import type { Json } from '../schema/schema.ts'
import { defaultPodSpec, fill, listAt, mapAt } from './pod.ts'

/** Defaults of the workload kinds (kubernetes pkg/apis/apps/v1 and batch/v1, defaults.go). */
export function defaultDeployment(object: Json): void {
  const spec = specOf(object)
  fill(spec, 'replicas', 1)
  const strategy = childOf(spec, 'strategy')
  fill(strategy, 'type', 'RollingUpdate')
  if (strategy.type === 'RollingUpdate') {
    const rolling = childOf(strategy, 'rollingUpdate')
    fill(rolling, 'maxUnavailable', '25%')
    fill(rolling, 'maxSurge', '25%')
  }
  fill(spec, 'revisionHistoryLimit', 10)
  fill(spec, 'progressDeadlineSeconds', 600)
  defaultTemplate(spec)
}

export function defaultReplicaSet(object: Json): void {
  const spec = specOf(object)
  fill(spec, 'replicas', 1)
  defaultTemplate(spec)
}

export function defaultDaemonSet(object: Json): void {
  const spec = specOf(object)
  const annotations = childOf(childOf(object, 'metadata'), 'annotations')
  fill(annotations, 'deprecated.daemonset.template.generation', '1')
  const strategy = childOf(spec, 'updateStrategy')
  fill(strategy, 'type', 'RollingUpdate')
  if (strategy.type === 'RollingUpdate') {
    const rolling = childOf(strategy, 'rollingUpdate')
    fill(rolling, 'maxUnavailable', 1)
    fill(rolling, 'maxSurge', 0)
  }
  fill(spec, 'revisionHistoryLimit', 10)
  defaultTemplate(spec)
}

export function defaultStatefulSet(object: Json): void {
  const spec = specOf(object)
  fill(spec, 'podManagementPolicy', 'OrderedReady')
  const strategy = childOf(spec, 'updateStrategy')
  if (strategy.type === undefined) {
    strategy.type = 'RollingUpdate'
    fill(strategy, 'rollingUpdate', {})
  }
  const rolling = mapAt(strategy, 'rollingUpdate')
  if (strategy.type === 'RollingUpdate' && rolling) fill(rolling, 'partition', 0)
  const retention = childOf(spec, 'persistentVolumeClaimRetentionPolicy')
  fill(retention, 'whenDeleted', 'Retain')
  fill(retention, 'whenScaled', 'Retain')
  fill(spec, 'replicas', 1)
  fill(spec, 'revisionHistoryLimit', 10)
  defaultTemplate(spec)
  for (const claim of listAt(spec, 'volumeClaimTemplates')) {
    // As the Go type does: a claim template is written back as a whole object.
    fill(claim, 'apiVersion', 'v1')
    fill(claim, 'kind', 'PersistentVolumeClaim')
    defaultClaim(claim)
  }
}

export function defaultJob(object: Json): void {
  const spec = specOf(object)
  defaultJobSpec(spec)
  const labels = mapAt(mapAt(mapAt(spec, 'template') ?? {}, 'metadata') ?? {}, 'labels')
  const metadata = childOf(object, 'metadata')
  if (labels && !metadata.labels) metadata.labels = { ...labels }
}

function defaultJobSpec(spec: Json): void {
  if (spec.parallelism === undefined) fill(spec, 'completions', 1)
  fill(spec, 'parallelism', 1)
  fill(spec, 'backoffLimit', spec.backoffLimitPerIndex === undefined ? 6 : 2147483647)
  fill(spec, 'completionMode', 'NonIndexed')
  fill(spec, 'suspend', false)
  fill(spec, 'manualSelector', false)
  fill(spec, 'podReplacementPolicy', spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed')
  defaultTemplate(spec)
}

export function defaultCronJob(object: Json): void {
  const spec = specOf(object)
  fill(spec, 'concurrencyPolicy', 'Allow')
  fill(spec, 'suspend', false)
  fill(spec, 'successfulJobsHistoryLimit', 3)
  fill(spec, 'failedJobsHistoryLimit', 1)
  // A job template gets its pod template's defaults; the job's own come when a job is made of it.
  const jobSpec = mapAt(mapAt(spec, 'jobTemplate') ?? {}, 'spec')
  if (jobSpec) defaultTemplate(jobSpec)
}

export function defaultClaim(object: Json): void {
  fill(specOf(object), 'volumeMode', 'Filesystem')
  fill(childOf(object, 'status'), 'phase', 'Pending')
}

function defaultTemplate(spec: Json): void {
  const podSpec = mapAt(mapAt(spec, 'template') ?? {}, 'spec')
  if (podSpec) defaultPodSpec(podSpec)
}

export const specOf = (object: Json): Json => childOf(object, 'spec')

/** A child map, made if it is not there. */
export function childOf(target: Json, field: string): Json {
  const known = mapAt(target, field)
  if (known) return known
  const made: Json = {}
  target[field] = made
  return made
}
