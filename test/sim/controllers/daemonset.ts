import type { Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { isTrue } from './conditions.ts'
import { spreadBehaviour } from './replicaset.ts'
import { countOrPercent, podFrom, templateHash, templateOf } from './template.ts'
import type { Toolbox } from './toolbox.ts'

const REVISION_LABEL = 'controller-revision-hash'

/** One pod on every node that matches; outdated pods are replaced a few at a time. */
export function reconcileDaemonSet(tools: Toolbox, set: KubeObject): void {
  if (set.metadata.deletionTimestamp) return
  const revision = templateHash(templateOf(set))
  const nodes = nodesFor(tools, set)
  const pods = podsOf(tools, set)
  const nodeOf = (pod: KubeObject) => String((pod.spec as Json).nodeName)
  for (const pod of pods) if (!nodes.includes(nodeOf(pod))) tools.delete(pod)
  for (const nodeName of nodes) {
    if (pods.some((pod) => nodeOf(pod) === nodeName)) continue
    const labels = { [REVISION_LABEL]: revision }
    tools.create(podFrom(set, { generateName: `${set.metadata.name}-` }, { labels, spec: { nodeName } }))
  }
  replaceOutdated(tools, set, podsOf(tools, set), nodes.length, revision)
  spreadBehaviour(tools, set, podsOf(tools, set))
  const live = tools.get('DaemonSet', set.metadata.namespace, set.metadata.name)
  if (live) report(tools, live, nodes.length, revision)
}

const podsOf = (tools: Toolbox, set: KubeObject) =>
  tools.owners.controlled(set, 'pods').filter((pod) => !pod.metadata.deletionTimestamp)

function nodesFor(tools: Toolbox, set: KubeObject): string[] {
  const selector = (templateOf(set).spec?.nodeSelector ?? {}) as Record<string, string>
  return tools.context.store
    .list('nodes')
    .filter((node) => Object.entries(selector).every(([key, value]) => node.metadata.labels?.[key] === value))
    .map((node) => node.metadata.name)
}

function replaceOutdated(
  tools: Toolbox,
  set: KubeObject,
  pods: readonly KubeObject[],
  nodes: number,
  revision: string,
): void {
  const strategy = (set.spec as { updateStrategy?: { type?: string; rollingUpdate?: Json } }).updateStrategy
  if (strategy?.type === 'OnDelete') return
  const allowed = Math.max(1, countOrPercent(strategy?.rollingUpdate?.maxUnavailable, nodes, 'up'))
  let unavailable = pods.filter((pod) => !isTrue(pod, 'Ready')).length
  for (const pod of pods) {
    if (pod.metadata.labels?.[REVISION_LABEL] === revision) continue
    // One that is not ready costs nothing to replace.
    if (isTrue(pod, 'Ready') && unavailable >= allowed) continue
    if (isTrue(pod, 'Ready')) unavailable++
    tools.delete(pod)
  }
}

function report(tools: Toolbox, set: KubeObject, nodes: number, revision: string): void {
  const pods = podsOf(tools, set)
  const ready = pods.filter((pod) => isTrue(pod, 'Ready')).length
  tools.setStatus(set, {
    observedGeneration: set.metadata.generation,
    desiredNumberScheduled: nodes,
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    numberReady: ready,
    numberAvailable: ready,
    numberUnavailable: Math.max(0, nodes - ready),
    updatedNumberScheduled: pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision).length,
  })
}
