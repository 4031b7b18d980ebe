import type { Clock } from '@roadstead/proto'
import { untilAborted } from '../ending.ts'
import { groupOf, type KubeClient, type LiveObject } from '../kube/index.ts'
import { assessHealth, type HealthContext, podOwnerKinds, type Verdict } from './health/index.ts'
import { podsOf } from './pods.ts'

export interface ExaminerEdges {
  readonly kube: KubeClient
  readonly clock: Clock
  readonly random: () => number
  /** The rules of the app that the object belongs to. */
  readonly rulesOf: (key: string) => HealthContext['rules']
  readonly onVerdict: (key: string, verdict: Verdict) => void
}

const hasPods = (live: LiveObject): boolean => podOwnerKinds.has(`${groupOf(live.apiVersion)}/${live.kind}`)

/** Whether another look can tell more than the object's own next event would. */
export const isWorthExamining = (live: LiveObject, { rule }: Verdict): boolean =>
  hasPods(live) || rule === 'no-status'

/**
 * Looks at the Pods of workloads that are not healthy, now and then until they are: a Pod's crash loop
 * does not always show in the status of what owns it, and watching all Pods of a cluster would cost more
 * than everything else the agent does. Looks again, too, at what has no status yet and may never get one.
 */
export interface Examiner {
  run(signal: AbortSignal): Promise<void>
  examine(key: string, workload: LiveObject): void
  forget(key: string): void
}

const firstLookMs = 500
const maxLookMs = 20_000

export function createExaminer(edges: ExaminerEdges): Examiner {
  const patients = new Map<string, { live: LiveObject; waitMs: number; timer: NodeJS.Timeout }>()
  let running: AbortSignal | undefined

  const look = async (key: string, signal: AbortSignal): Promise<void> => {
    const patient = patients.get(key)
    if (!patient || signal.aborted) return
    const { live } = patient
    try {
      const pods = hasPods(live) ? await podsOf(live, edges.kube, signal) : []
      // Meanwhile the object may have changed, and then this look is of no use.
      if (patients.get(key)?.live === live) {
        const verdict = assessHealth(live, { pods, nowMs: edges.clock.now(), rules: edges.rulesOf(key) })
        edges.onVerdict(key, verdict)
        if (verdict.status === 'Healthy') patients.delete(key)
      }
    } catch {
      // Without its Pods a workload still has a verdict; the next look may do better.
    }
    const again = patients.get(key)
    if (!again || signal.aborted) return
    again.waitMs = Math.min(maxLookMs, again.waitMs * 2)
    again.timer = setTimeout(() => void look(key, signal), again.waitMs * (0.75 + edges.random() / 2))
  }

  return {
    async run(signal) {
      running = signal
      await untilAborted(signal)
      for (const { timer } of patients.values()) clearTimeout(timer)
      patients.clear()
    },
    examine(key, live) {
      const signal = running
      const known = patients.get(key)
      if (known) known.live = live
      if (known || !signal || signal.aborted) return
      const timer = setTimeout(() => void look(key, signal), firstLookMs)
      patients.set(key, { live, waitMs: firstLookMs, timer })
    },
    forget(key) {
      clearTimeout(patients.get(key)?.timer)
      patients.delete(key)
    },
  }
}
