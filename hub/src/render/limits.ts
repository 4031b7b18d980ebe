/** What rendering one overlay may cost. */
export const renderLimits = {
  buildMs: 60_000,
  workerHeapMegabytes: 1_024,
  /** Overlays whose files are fetched while the thread is busy with others, */
  overlaysAtOnce: 8,
  /** and builds it is sent before it has done with the first of them. */
  jobsAhead: 4,
  /** Work of ours on the event loop until something else gets a turn. */
  turnMs: 15,
  /** Times that a build may turn out to need something from outside of its app. */
  rounds: 100,
  /** Rendered overlays kept in memory, compressed. */
  cacheBytes: 256 * 1024 * 1024,
} as const
