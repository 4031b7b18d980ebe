import type { Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'
import { isTrue } from './conditions.ts'
import { spreadBehaviour } from './replicaset.ts'
import { podFrom, replicasOf, templateHash, templateOf } from './template.ts'
import type { Toolbox } from './toolbox.ts'

const REVISION_LABEL = 'controller-revision-hash'

/** Makes numbered pods and their claims in order, replaces outdated ones from the highest number down. */
export function reconcileStatefulSet(tools: Toolbox, set: KubeObject): void {
  if (set.metadata.deletionTimestamp) return
  const revision = `${set.metadata.name}-${templateHash(templateOf(set))}`
  step(tools, set, revision)
  spreadBehaviour(tools, set, podsOf(tools, set))
  const live = tools.get('StatefulSet', set.metadata.namespace, set.metadata.name)
  if (live) report(tools, live, revision)
}

const podsOf = (tools: Toolbox, set: KubeObject) =>
  tools.owners.controlled(set, 'pods').filter((pod) => !pod.metadata.deletionTimestamp)

const ordinal = (pod: KubeObject) => Number(/-(\d+)$/.exec(pod.metadata.name)?.[1] ?? -1)

function step(tools: Toolbox, set: KubeObject, revision: string): void {
  const pods = new Map(podsOf(tools, set).map((pod) => [ordinal(pod), pod]))
  const wanted = replicasOf(set)
  const spec = set.spec as {
    podManagementPolicy?: string
    updateStrategy?: { type?: string; rollingUpdate?: Json }
  }
  const parallel = spec.podManagementPolicy === 'Parallel'
  for (let index = 0; index < wanted; index++) {
    const pod = pods.get(index)
    if (!pod) makePod(tools, set, index, revision)
    // As in a real cluster, a pod that never becomes ready stops everything behind it, a fix of its template
    // included (kubernetes#67250): someone has to delete it.
    if (!parallel && !(pod && isTrue(pod, 'Ready'))) return
  }
  const surplus = [...pods.values()]
    .filter((pod) => ordinal(pod) >= wanted)
    .sort((a, b) => ordinal(b) - ordinal(a))
  for (const pod of parallel ? surplus : surplus.slice(0, 1)) tools.delete(pod)
  if (surplus.length > 0 || spec.updateStrategy?.type === 'OnDelete') return
  const partition = Number(spec.updateStrategy?.rollingUpdate?.partition ?? 0)
  for (let index = wanted - 1; index >= partition; index--) {
    const pod = pods.get(index)
    if (pod && pod.metadata.labels?.[REVISION_LABEL] !== revision) {
      tools.delete(pod)
      return
    }
    if (!pod || !isTrue(pod, 'Ready')) return
  }
}

interface ClaimTemplate {
  readonly metadata: { readonly name: string; readonly labels?: object; readonly annotations?: object }
  readonly spec: Json
}

function makePod(tools: Toolbox, set: KubeObject, index: number, revision: string): void {
  const { name, namespace } = set.metadata
  const podName = `${name}-${index}`
  const { volumeClaimTemplates = [], serviceName } = set.spec as {
    volumeClaimTemplates?: ClaimTemplate[]
    serviceName?: string
  }
  const volumes = volumeClaimTemplates.map((template) => {
    const claimName = `${template.metadata.name}-${podName}`
    if (!tools.get('PersistentVolumeClaim', namespace, claimName)) makeClaim(tools, set, template, claimName)
    return { name: template.metadata.name, persistentVolumeClaim: { claimName } }
  })
  const own = (templateOf(set).spec?.volumes as Json[] | undefined) ?? []
  const labels = {
    [REVISION_LABEL]: revision,
    'statefulset.kubernetes.io/pod-name': podName,
    'apps.kubernetes.io/pod-index': String(index),
  }
  const spec: Json = { hostname: podName, volumes: [...volumes, ...own] }
  if (serviceName) spec.subdomain = serviceName
  if (!tools.get('Pod', namespace, podName)) tools.create(podFrom(set, { name: podName }, { labels, spec }))
}

function makeClaim(tools: Toolbox, set: KubeObject, template: ClaimTemplate, name: string): void {
  const { matchLabels } = (set.spec as { selector: { matchLabels?: object } }).selector
  const { labels, annotations } = template.metadata
  tools.create({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: set.metadata.namespace,
      labels: { ...labels, ...matchLabels },
      ...(annotations ? { annotations } : {}),
    },
    spec: structuredClone(template.spec),
  })
}

function report(tools: Toolbox, set: KubeObject, revision: string): void {
  const pods = podsOf(tools, set)
  const before = (set.status ?? {}) as { currentRevision?: string }
  const updated = pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === revision)
  const ready = pods.filter((pod) => isTrue(pod, 'Ready')).length
  const settled = updated.length === replicasOf(set) && ready === updated.length
  const currentRevision = settled ? revision : (before.currentRevision ?? revision)
  tools.setStatus(set, {
    observedGeneration: set.metadata.generation,
    replicas: pods.length,
    readyReplicas: ready,
    availableReplicas: ready,
    updatedReplicas: updated.length,
    currentReplicas: pods.filter((pod) => pod.metadata.labels?.[REVISION_LABEL] === currentRevision).length,
    currentRevision,
    updateRevision: revision,
    collisionCount: 0,
  })
}
