import { setImmediate } from 'node:timers/promises'
import { renderLimits } from './limits.ts'

/** Called between two pieces of work: gives the event loop back once the pieces have taken `turnMs`. */
export function breather(turnMs: number = renderLimits.turnMs): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < turnMs) return
    await setImmediate()
    since = performance.now()
  }
}
