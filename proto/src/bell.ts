/** Wakes the one loop that waits for it. A ring while nobody waits is kept for the next wait. */
export interface Bell {
  ring(): void
  /** Resolves at the next ring, after the time, or when the signal is aborted, whichever comes first. */
  wait(signal: AbortSignal, timeoutMs?: number): Promise<void>
}

export function createBell(): Bell {
  let rung = false
  let wake: (() => void) | undefined

  return {
    ring() {
      rung = true
      wake?.()
    },
    async wait(signal, timeoutMs) {
      if (!rung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const done = () => {
            clearTimeout(timer)
            signal.removeEventListener('abort', done)
            wake = undefined
            resolve()
          }
          const timer = timeoutMs === undefined ? undefined : setTimeout(done, timeoutMs)
          wake = done
          signal.addEventListener('abort', done)
        })
      }
      rung = false
    },
  }
}
