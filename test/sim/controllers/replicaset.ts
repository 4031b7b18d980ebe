import type { KubeObject } from '../store/object.ts'
import { BEHAVIOUR_ANNOTATION } from './behaviour.ts'
import { isTrue } from './conditions.ts'
import { podFrom, replicasOf } from './template.ts'
import type { Toolbox } from './toolbox.ts'

/** Keeps as many pods as the ReplicaSet asks for and counts them. */
export function reconcileReplicaSet(tools: Toolbox, set: KubeObject): void {
  const pods = tools.owners.controlled(set, 'pods').filter((pod) => !pod.metadata.deletionTimestamp)
  if (!set.metadata.deletionTimestamp) scale(tools, set, pods)
  const live = tools.get('ReplicaSet', set.metadata.namespace, set.metadata.name)
  if (live) count(tools, live)
}

function scale(tools: Toolbox, set: KubeObject, pods: readonly KubeObject[]): void {
  const wanted = replicasOf(set)
  for (let missing = wanted - pods.length; missing > 0; missing--) {
    tools.create(podFrom(set, { generateName: `${set.metadata.name}-` }))
  }
  // Those that are not ready go first.
  const surplus = [...pods].sort((a, b) => Number(isTrue(a, 'Ready')) - Number(isTrue(b, 'Ready')))
  for (const pod of surplus.slice(0, Math.max(0, pods.length - wanted))) tools.delete(pod)
}

function count(tools: Toolbox, set: KubeObject): void {
  const pods = tools.owners.controlled(set, 'pods')
  const ready = pods.filter((pod) => isTrue(pod, 'Ready')).length
  tools.setStatus(set, {
    replicas: pods.length,
    fullyLabeledReplicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
    observedGeneration: set.metadata.generation,
  })
}

/** Carries a workload's behaviour annotation to its pods, so that it can be switched on and off while they run. */
export function spreadBehaviour(tools: Toolbox, workload: KubeObject, pods: readonly KubeObject[]): void {
  const template = (workload.spec as { template?: { metadata?: { annotations?: Record<string, string> } } })
    .template
  if (template?.metadata?.annotations?.[BEHAVIOUR_ANNOTATION]) return
  const wanted = workload.metadata.annotations?.[BEHAVIOUR_ANNOTATION]
  for (const pod of pods) {
    if (pod.metadata.annotations?.[BEHAVIOUR_ANNOTATION] === wanted) continue
    const { [BEHAVIOUR_ANNOTATION]: _, ...rest } = pod.metadata.annotations ?? {}
    const annotations = wanted ? { ...rest, [BEHAVIOUR_ANNOTATION]: wanted } : rest
    tools.update({ ...pod, metadata: { ...pod.metadata, annotations } })
  }
}
