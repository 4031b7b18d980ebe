import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'

/** What the ServiceAccount, Priority and DefaultTolerationSeconds plugins add to a pod. */
export function admitPod(object: KubeObject): KubeObject {
  const spec: Json = { ...(object.spec as Json) }
  spec.serviceAccountName ??= 'default'
  spec.serviceAccount ??= spec.serviceAccountName
  spec.priority ??= 0
  spec.preemptionPolicy ??= 'PreemptLowerPriority'
  const tolerations = Array.isArray(spec.tolerations) ? spec.tolerations.filter(isMap) : []
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    if (tolerations.some((one) => one.key === key)) continue
    tolerations.push({ effect: 'NoExecute', key, operator: 'Exists', tolerationSeconds: 300 })
  }
  return { ...object, spec: { ...spec, tolerations }, status: { phase: 'Pending', qosClass: qosClass(spec) } }
}

/** Guaranteed, Burstable or BestEffort by the containers' cpu and memory. */
function qosClass(spec: Json): string {
  const containers = (Array.isArray(spec.containers) ? spec.containers : []).filter(isMap)
  let given = false
  let guaranteed = true
  for (const container of containers) {
    const { limits, requests } = (container.resources ?? {}) as { limits?: Json; requests?: Json }
    for (const name of ['cpu', 'memory']) {
      if (limits?.[name] !== undefined || requests?.[name] !== undefined) given = true
      if (limits?.[name] === undefined || requests?.[name] !== limits[name]) guaranteed = false
    }
  }
  if (!given) return 'BestEffort'
  return guaranteed ? 'Guaranteed' : 'Burstable'
}
