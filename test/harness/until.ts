import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'

export interface UntilOptions {
  /** How long the condition may take to come true. Default: 10,000. */
  deadlineMs?: number
  /** Pause between two looks. Default: 20. */
  everyMs?: number
  /** What is waited for, as it should stand in the failure: "the agent reports revision 2". */
  message?: string
}

const NO_ANSWER = Symbol('the condition did not answer in time')

/**
 * Waits until `condition` returns something truthy, and returns that. A condition that throws counts as not
 * yet true, so that `assert` can be used inside. A look that hangs does not outlast the deadline.
 *
 * @throws {Error} at the deadline, quoting the last value, with the condition's last error as its cause
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<Exclude<T, false | undefined | null | 0 | ''>> {
  const { deadlineMs = 10_000, everyMs = 20, message = 'the condition holds' } = options
  const deadline = performance.now() + deadlineMs
  let value: unknown = NO_ANSWER
  let error: unknown
  do {
    const remainingMs = Math.max(1, deadline - performance.now())
    try {
      value = await within(remainingMs, Promise.resolve(condition()))
      error = undefined
      if (value === NO_ANSWER) break
      if (value) return value as Exclude<T, false | undefined | null | 0 | ''>
    } catch (thrown) {
      error = thrown
    }
    await sleep(Math.min(everyMs, remainingMs))
  } while (performance.now() < deadline)
  throw new Error(`${deadlineMs} ms passed before ${message}; ${lastSeen(value, error)}`, { cause: error })
}

function lastSeen(value: unknown, error: unknown): string {
  if (error !== undefined)
    return `the last look failed: ${error instanceof Error ? error.message : inspect(error)}`
  return value === NO_ANSWER
    ? 'the last look did not return'
    : `the last value was ${inspect(value, { depth: 6 })}`
}

/** The promise's value, or NO_ANSWER when it takes longer than `ms`. */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | typeof NO_ANSWER> {
  const timer = new AbortController()
  try {
    return await Promise.race([promise, sleep(ms, NO_ANSWER, { signal: timer.signal })])
  } finally {
    timer.abort()
  }
}
