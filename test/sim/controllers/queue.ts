/**
 * Runs a reconcile per key, soon and once however often it was asked for; a key may also be asked for later.
 * Holds timers only for keys that wait for something, so an idle cluster costs nothing.
 */
export class Queue {
  readonly #reconcile: (key: string) => void
  readonly #soon = new Set<string>()
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
    for (const key of keys) if (!this.#stopped) this.#reconcile(key)
  }
}
