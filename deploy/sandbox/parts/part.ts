import type { Exit } from '@roadstead/test/harness'

/** A program of the sandbox while it runs; what the harness starts fits. */
export interface Running {
  readonly pid: number
  /** Settles when it has ended; never rejects. */
  readonly exited: Promise<Exit>
  /** In good order; by force when that takes too long. */
  stop(): Promise<unknown>
  /** `kill -9` */
  kill(): Promise<unknown>
}

/** One process of the sandbox, and how to start it: again and again, on the same address and data. */
export interface Part {
  /** `hub`, `agent dev-core-1`: in lines for people and, with a dash, in the names of logs. */
  readonly name: string
  /** @throws {Error} with the end of its output when it does not come up */
  start(): Promise<Running>
}
