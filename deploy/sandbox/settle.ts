import { setTimeout as sleep } from 'node:timers/promises'
import type { FleetHealth } from '@roadstead/hub/readmodel'
import { type Api, isSettled } from './api/index.ts'

export interface SettleOptions {
  readonly deadlineMs: number
  readonly signal?: AbortSignal
  /** Default: 100. */
  readonly everyMs?: number
  readonly onHealth?: (health: FleetHealth) => void
}

/**
 * Waits until every cluster runs the newest commit, healthy. A hub that does not answer is asked again.
 * @returns undefined when that has not come true in time, or the signal was aborted
 */
export async function waitUntilSettled(api: Api, options: SettleOptions): Promise<FleetHealth | undefined> {
  const { deadlineMs, signal, everyMs = 100, onHealth = () => {} } = options
  const deadline = performance.now() + deadlineMs
  while (performance.now() < deadline && !signal?.aborted) {
    const health = await api.get<FleetHealth>('/v1/fleet/health').catch(() => undefined)
    if (health !== undefined) {
      onHealth(health)
      if (isSettled(health)) return health
    }
    await sleep(everyMs)
  }
  return undefined
}
