/** Wakes a loop that waits. A ring while nobody waits is not lost: the next wait ends at once. */
export interface Bell {
  ring(): void
  /** Ends at the next ring, after `timeoutMs`, or with the signal; never rejects. */
  wait(timeoutMs: number, signal: AbortSignal): Promise<void>
}

export function createBell(): Bell {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring() {
      rung = true
      wake?.()
    },
    async wait(timeoutMs, signal) {
      if (!rung && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, timeoutMs)
        const stop = () => resolve()
        wake = resolve
        signal.addEventListener('abort', stop, { once: true })
        await promise
        clearTimeout(timer)
        signal.removeEventListener('abort', stop)
        wake = undefined
      }
      rung = false
    },
  }
}
