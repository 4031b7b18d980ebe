import type { Clock, ClusterName } from '@roadstead/proto'
import { limits } from './limits.ts'

/** A reason to ask an agent for something. */
export type Doubt =
  /** The agent's digest of its state is `told`, the rows here give `held`. */
  | { readonly cluster: ClusterName; readonly kind: 'report'; readonly told: string; readonly held: string }
  /** The agent has not taken this generation, which the broker holds. */
  | { readonly cluster: ClusterName; readonly kind: 'fetch'; readonly generation: number }

/**
 * Doubts wait a little before anybody is asked: most are reports and assignments under way, and settle
 * themselves. The delay is random, so that a fleet that starts at once is not asked at once.
 */
export interface Doubts {
  add(doubt: Doubt): void
  /** Takes out those whose time has come, as many as may be asked now. */
  due(): Doubt[]
  /** Notes that a cluster was asked; it is left alone for a while. */
  asked(cluster: ClusterName): void
}

export function createDoubts(clock: Clock, random: () => number): Doubts {
  const waiting = new Map<ClusterName, { readonly doubt: Doubt; readonly dueAtMs: number }>()
  const askedAtMs = new Map<ClusterName, number>()
  const leftAlone = (cluster: ClusterName) =>
    clock.now() < (askedAtMs.get(cluster) ?? Number.NEGATIVE_INFINITY) + limits.askIntervalMs
  return {
    add(doubt) {
      const { cluster } = doubt
      if (waiting.has(cluster) || waiting.size >= limits.doubtsWaiting || leftAlone(cluster)) return
      waiting.set(cluster, { doubt, dueAtMs: clock.now() + limits.doubtDelayMs * (1 + random()) })
    },
    due() {
      const now = clock.now()
      const found: Doubt[] = []
      for (const [cluster, { doubt, dueAtMs }] of waiting) {
        if (found.length >= limits.asksPerLook) break
        if (dueAtMs > now) continue
        waiting.delete(cluster)
        found.push(doubt)
      }
      return found
    },
    asked(cluster) {
      askedAtMs.set(cluster, clock.now())
      // The oldest stand first.
      for (const [name] of askedAtMs) {
        if (leftAlone(name)) break
        askedAtMs.delete(name)
      }
    },
  }
}
