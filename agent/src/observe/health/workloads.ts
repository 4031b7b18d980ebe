import { failureOfPods, podRule } from './pods.ts'
import {
  conditionOf,
  conditionsOf,
  fieldsOf,
  type HealthContext,
  type HealthRule,
  type HealthView,
  isBehind,
  listOf,
  numberOf,
  saidBy,
  textOf,
  type Verdict,
} from './verdict.ts'

/**
 * The built-in workloads, after kstatus (sigs.k8s.io/cli-utils) with its gaps closed: a workload that
 * still "progresses" while its newest Pod can not start is degraded, and a failed Job or Pod is not done.
 */

const verdict = (rule: string, status: Verdict['status'], reason = ''): Verdict => ({ status, reason, rule })

/** Not there yet: degraded if a Pod says why it never will be, else in progress. */
function unfinished(rule: string, view: HealthView, context: HealthContext, reason: string): Verdict {
  const failure = failureOfPods(context.pods ?? [], view.live)
  return failure ? verdict(`${rule}/pod`, 'Degraded', failure) : verdict(rule, 'Progressing', reason)
}

const deployment: HealthRule = (view, context) => {
  const { spec, status } = view
  if (spec.paused === true) return verdict('deployment', 'Suspended', 'the Deployment is paused')
  if (isBehind(view)) return verdict('deployment', 'Progressing', 'the newest spec was not yet observed')
  const progressing = conditionOf(view, 'Progressing')
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    const failure = failureOfPods(context.pods ?? [], view.live)
    return verdict('deployment', 'Degraded', failure ?? saidBy(progressing))
  }
  const refused = conditionOf(view, 'ReplicaFailure')
  if (refused?.status === 'True') return verdict('deployment', 'Degraded', saidBy(refused))
  const wanted = numberOf(spec.replicas) ?? 1
  const total = numberOf(status.replicas) ?? 0
  const updated = numberOf(status.updatedReplicas) ?? 0
  const available = numberOf(status.availableReplicas) ?? 0
  if (updated < wanted)
    return unfinished('deployment', view, context, `${updated} of ${wanted} replicas updated`)
  if (total > updated) {
    return unfinished('deployment', view, context, `${total - updated} old replicas are still there`)
  }
  if (available < Math.min(updated, wanted)) {
    return unfinished('deployment', view, context, `${available} of ${wanted} replicas available`)
  }
  return verdict('deployment', 'Healthy')
}

const replicaSet: HealthRule = (view, context) => {
  const { spec, status } = view
  if (isBehind(view)) return verdict('replicaset', 'Progressing', 'the newest spec was not yet observed')
  const refused = conditionOf(view, 'ReplicaFailure')
  if (refused?.status === 'True') return verdict('replicaset', 'Degraded', saidBy(refused))
  const wanted = numberOf(spec.replicas) ?? 1
  const available = numberOf(status.availableReplicas) ?? 0
  if (available < wanted) {
    return unfinished('replicaset', view, context, `${available} of ${wanted} replicas available`)
  }
  return verdict('replicaset', 'Healthy')
}

const statefulSet: HealthRule = (view, context) => {
  const { spec, status } = view
  if (isBehind(view)) return verdict('statefulset', 'Progressing', 'the newest spec was not yet observed')
  const wanted = numberOf(spec.replicas) ?? 1
  const ready = numberOf(status.readyReplicas) ?? 0
  const updated = numberOf(status.updatedReplicas) ?? 0
  const strategy = fieldsOf(spec.updateStrategy)
  const partition = numberOf(fieldsOf(strategy.rollingUpdate).partition) ?? 0
  if (ready < wanted) return unfinished('statefulset', view, context, `${ready} of ${wanted} replicas ready`)
  if (strategy.type === 'OnDelete') return verdict('statefulset', 'Healthy')
  if (partition > 0) {
    const due = Math.max(0, wanted - partition)
    return updated < due
      ? unfinished('statefulset', view, context, `${updated} of ${due} replicas updated`)
      : verdict('statefulset', 'Healthy')
  }
  const current = textOf(status.currentRevision)
  if (current !== textOf(status.updateRevision)) {
    return unfinished('statefulset', view, context, `${updated} of ${wanted} replicas updated`)
  }
  return verdict('statefulset', 'Healthy')
}

const daemonSet: HealthRule = (view, context) => {
  const { spec, status } = view
  if (isBehind(view)) return verdict('daemonset', 'Progressing', 'the newest spec was not yet observed')
  const wanted = numberOf(status.desiredNumberScheduled)
  if (wanted === undefined) return verdict('daemonset', 'Progressing', 'not yet scheduled')
  const updated = numberOf(status.updatedNumberScheduled) ?? 0
  const available = numberOf(status.numberAvailable) ?? 0
  if (fieldsOf(spec.updateStrategy).type !== 'OnDelete' && updated < wanted) {
    return unfinished('daemonset', view, context, `${updated} of ${wanted} Pods updated`)
  }
  if (available < wanted) {
    return unfinished('daemonset', view, context, `${available} of ${wanted} Pods available`)
  }
  return verdict('daemonset', 'Healthy')
}

const job: HealthRule = (view, context) => {
  const failed = conditionOf(view, 'Failed') ?? conditionOf(view, 'FailureTarget')
  if (failed?.status === 'True') return verdict('job', 'Degraded', saidBy(failed))
  if (conditionOf(view, 'Complete')?.status === 'True') return verdict('job', 'Healthy', 'completed')
  if (view.spec.suspend === true || conditionOf(view, 'Suspended')?.status === 'True') {
    return verdict('job', 'Suspended', 'the Job is suspended')
  }
  return unfinished('job', view, context, `${numberOf(view.status.active) ?? 0} Pods active`)
}

/** The last run ended without success: nothing is active, and the last success is older than it. */
const cronJob: HealthRule = ({ spec, status }) => {
  if (spec.suspend === true) return verdict('cronjob', 'Suspended', 'the CronJob is suspended')
  const [scheduled, succeeded] = [status.lastScheduleTime, status.lastSuccessfulTime].map(textOf)
  const isOver = listOf(status.active).length === 0
  if (isOver && scheduled && succeeded && Date.parse(succeeded) < Date.parse(scheduled)) {
    return verdict('cronjob', 'Degraded', `the run of ${scheduled} did not succeed`)
  }
  return verdict('cronjob', 'Healthy')
}

const horizontalPodAutoscaler: HealthRule = (view) => {
  const { conditions, live } = view
  const legacy = live.metadata.annotations?.['autoscaling.alpha.kubernetes.io/conditions']
  const all = conditions.length > 0 || legacy === undefined ? view : { ...view, conditions: parsed(legacy) }
  const able = conditionOf(all, 'AbleToScale')
  const active = conditionOf(all, 'ScalingActive')
  if (able?.status === 'False') return verdict('hpa', 'Degraded', saidBy(able))
  if (active?.status === 'False' && active.reason !== 'ScalingDisabled') {
    return verdict('hpa', 'Degraded', saidBy(active))
  }
  if (able?.status === 'True') return verdict('hpa', 'Healthy', saidBy(able))
  return verdict('hpa', 'Progressing', 'no metrics yet')
}

function parsed(annotation: string): HealthView['conditions'] {
  try {
    return conditionsOf(JSON.parse(annotation))
  } catch {
    return []
  }
}

export const workloadRules: Readonly<Record<string, HealthRule>> = {
  'apps/Deployment': deployment,
  'apps/ReplicaSet': replicaSet,
  'apps/StatefulSet': statefulSet,
  'apps/DaemonSet': daemonSet,
  '/ReplicationController': replicaSet,
  '/Pod': podRule,
  'batch/Job': job,
  'batch/CronJob': cronJob,
  'autoscaling/HorizontalPodAutoscaler': horizontalPodAutoscaler,
}
