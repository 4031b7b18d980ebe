/** Requests a cluster has answered, so that a test can say "this made no call". */
export class Counters {
  #counts = new Map<string, number>()

  /** Counts one request under `<verb> <resource>`, such as `apply deployments.apps` or `get /version`. */
  count(verb: string, what: string): void {
    const key = `${verb} ${what}`
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
  }

  /** How many requests match; every part that is left out matches anything. */
  total(verb?: string, what?: string): number {
    let sum = 0
    for (const [key, count] of this.#counts) {
      const space = key.indexOf(' ')
      const matches = (!verb || key.slice(0, space) === verb) && (!what || key.slice(space + 1) === what)
      if (matches) sum += count
    }
    return sum
  }

  all(): Record<string, number> {
    return Object.fromEntries(this.#counts)
  }

  reset(): void {
    this.#counts = new Map()
  }
}
