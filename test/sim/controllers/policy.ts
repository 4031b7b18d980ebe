import type { Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { matchesSelector } from '../store/selector.ts'
import { isTrue, withCondition } from './conditions.ts'
import { countOrPercent, replicasOf } from './template.ts'
import type { Toolbox } from './toolbox.ts'

/** Counts what a PodDisruptionBudget would allow. */
export function reconcileBudget(tools: Toolbox, budget: KubeObject): void {
  const spec = budget.spec as Json
  const pods = tools.context.store
    .list('pods', budget.metadata.namespace)
    .filter((pod) => matchesSelector(spec.selector, pod.metadata.labels))
  const expectedPods = pods.length
  const currentHealthy = pods.filter((pod) => isTrue(pod, 'Ready')).length
  const desiredHealthy =
    spec.maxUnavailable === undefined
      ? countOrPercent(spec.minAvailable ?? 1, expectedPods, 'up')
      : Math.max(0, expectedPods - countOrPercent(spec.maxUnavailable, expectedPods, 'up'))
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0
  const allowed = disruptionsAllowed > 0
  const condition = {
    type: 'DisruptionAllowed',
    status: allowed ? ('True' as const) : ('False' as const),
    reason: allowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
    observedGeneration: budget.metadata.generation,
  }
  const conditions = withCondition((budget.status as Json | undefined)?.conditions, condition, tools.now())
  const { generation: observedGeneration } = budget.metadata
  tools.setStatus(budget, {
    observedGeneration,
    expectedPods,
    currentHealthy,
    desiredHealthy,
    disruptionsAllowed,
    conditions,
  })
}

/** Keeps the target of an autoscaler within its bounds; there is no load here that would ask for more. */
export function reconcileAutoscaler(tools: Toolbox, scaler: KubeObject): void {
  const { scaleTargetRef, minReplicas, maxReplicas } = scaler.spec as {
    scaleTargetRef: { apiVersion?: string; kind: string; name: string }
    minReplicas: number
    maxReplicas: number
  }
  const now = tools.now()
  const status = (scaler.status ?? {}) as Json
  const { kind, name } = scaleTargetRef
  const known = kind === 'Deployment' || kind === 'StatefulSet' || kind === 'ReplicaSet'
  const target = known ? tools.get(kind, scaler.metadata.namespace, name) : undefined
  if (!target) {
    const message = `the HPA controller was unable to get the target's current scale: ${kind.toLowerCase()}s.apps "${name}" not found`
    const failed = { type: 'AbleToScale', status: 'False' as const, reason: 'FailedGetScale', message }
    tools.setStatus(scaler, {
      ...status,
      desiredReplicas: 0,
      conditions: withCondition(status.conditions, failed, now),
    })
    return
  }
  const present = replicasOf(target)
  const wanted = Math.min(Math.max(present, minReplicas), maxReplicas)
  if (present !== wanted && present > 0)
    tools.update({ ...target, spec: { ...(target.spec as Json), replicas: wanted } })
  const able = {
    type: 'AbleToScale',
    status: 'True' as const,
    reason: 'ReadyForNewScale',
    message: 'recommended size matches current size',
  }
  const active = {
    type: 'ScalingActive',
    status: 'True' as const,
    reason: 'ValidMetricFound',
    message: 'the HPA was able to successfully calculate a replica count from simulated load',
  }
  const limited = {
    type: 'ScalingLimited',
    status: 'False' as const,
    reason: 'DesiredWithinRange',
    message: 'the desired count is within the acceptable range',
  }
  let conditions = withCondition(status.conditions, able, now)
  conditions = withCondition(conditions, active, now)
  conditions = withCondition(conditions, limited, now)
  const currentReplicas = Number((target.status as Json | undefined)?.replicas ?? 0)
  tools.setStatus(scaler, {
    currentReplicas,
    desiredReplicas: wanted,
    conditions,
    currentMetrics: status.currentMetrics,
  })
}
