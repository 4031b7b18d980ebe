import { setImmediate } from 'node:timers/promises'
import { renderLimits } from './limits.ts'

/**
 * Called between two pieces of work: gives the event loop back once the pieces have taken `turnMs`, and at the
 * first call, since how long it had been held before is not known.
 */
export function breather(turnMs: number = renderLimits.turnMs): () => Promise<void> {
  let since = Number.NEGATIVE_INFINITY
  return async () => {
    if (performance.now() - since < turnMs) return
    await setImmediate()
    since = performance.now()
  }
}
