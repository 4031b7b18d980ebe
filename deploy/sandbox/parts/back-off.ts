/** How long to wait before a part is started again. Pure. */

const FIRST_MS = 200
const LONGEST_MS = 10_000
/** One that ran for this long had recovered. */
const STEADY_MS = 30_000

export interface BackOff {
  /** @param ranMs how long it ran before it ended; 0 when it did not come up */
  next(ranMs: number): number
}

export function createBackOff(): BackOff {
  let delayMs = FIRST_MS
  return {
    next(ranMs) {
      if (ranMs >= STEADY_MS) delayMs = FIRST_MS
      const now = delayMs
      delayMs = Math.min(LONGEST_MS, delayMs * 2)
      return now
    },
  }
}
