const RETRY_BASE_MS = 100
const RETRY_MAX_MS = 60_000

/**
 * Runs a reconcile per key, soon and once however often it was asked for; a key may also be asked for later.
 * Holds timers only for keys that wait for something, so an idle cluster costs nothing.
 */
export class Queue {
  readonly #reconcile: (key: string) => void
  readonly #soon = new Set<string>()
  readonly #failures = new Map<string, number>()
  readonly #later = new Map<string, { at: number; timer: NodeJS.Timeout }>()
  #scheduled = false
  #stopped = false

  constructor(reconcile: (key: string) => void) {
    this.#reconcile = reconcile
  }

  add(key: string): void {
    if (this.#stopped) return
    this.#soon.add(key)
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => this.#run())
  }

  /** Asks for a key after a delay; the earliest time asked for wins. */
  addAfter(key: string, delayMs: number): void {
    if (this.#stopped) return
    const at = Date.now() + delayMs
    const known = this.#later.get(key)
    if (known && known.at <= at) return
    clearTimeout(known?.timer)
    const timer = setTimeout(() => {
      this.#later.delete(key)
      this.add(key)
    }, delayMs)
    this.#later.set(key, { at, timer: timer.unref() })
  }

  /** Does something once the present change has been told to everyone. */
  run(work: () => void): void {
    setImmediate(() => {
      if (this.#stopped) return
      try {
        work()
      } catch (error) {
        console.error(`sim: a controller failed: ${(error as Error).message}`)
      }
    })
  }

  stop(): void {
    this.#stopped = true
    this.#soon.clear()
    for (const { timer } of this.#later.values()) clearTimeout(timer)
    this.#later.clear()
  }

  #run(): void {
    this.#scheduled = false
    const keys = [...this.#soon]
    this.#soon.clear()
    for (const key of keys) if (!this.#stopped) this.#attempt(key)
  }

  /** A reconcile that fails is tried again, later and later, as in a real controller manager. */
  #attempt(key: string): void {
    try {
      this.#reconcile(key)
      this.#failures.delete(key)
    } catch (error) {
      const failures = this.#failures.get(key) ?? 0
      this.#failures.set(key, failures + 1)
      if (failures === 0) console.error(`sim: reconciling ${key} failed: ${(error as Error).message}`)
      this.addAfter(key, Math.min(RETRY_BASE_MS * 2 ** failures, RETRY_MAX_MS))
    }
  }
}
