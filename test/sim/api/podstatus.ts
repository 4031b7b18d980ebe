import { isMap, type Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'

/** READY, STATUS and RESTARTS of a pod as `kubectl get pods` shows them. */
export function podStatus(pod: KubeObject): { ready: string; status: string; restarts: string } {
  const status = isMap(pod.status) ? pod.status : {}
  const containers = Array.isArray(status.containerStatuses) ? status.containerStatuses.filter(isMap) : []
  const spec = isMap(pod.spec) ? pod.spec : {}
  const total = Array.isArray(spec.containers) ? spec.containers.length : 0
  const ready = containers.filter((one) => one.ready === true).length
  const restarts = containers.reduce((sum, one) => sum + Number(one.restartCount ?? 0), 0)
  return {
    ready: `${ready}/${total}`,
    status: shownStatus(pod, status, containers),
    restarts: String(restarts),
  }
}

function shownStatus(pod: KubeObject, status: Json, containers: readonly Json[]): string {
  if (pod.metadata.deletionTimestamp) return 'Terminating'
  for (const container of containers) {
    const state = isMap(container.state) ? container.state : {}
    const waiting = isMap(state.waiting) ? state.waiting : undefined
    const ended = isMap(state.terminated) ? state.terminated : undefined
    if (waiting?.reason) return String(waiting.reason)
    if (ended?.reason) return String(ended.reason)
  }
  return String(status.reason ?? status.phase ?? 'Unknown')
}
