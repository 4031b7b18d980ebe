/** What rendering one overlay may cost. */
export const renderLimits = {
  /** Input above this is built on a thread of its own: the event loop stays free. */
  inlineBytes: 64 * 1024,
  buildMs: 60_000,
  workerHeapMegabytes: 1_024,
  /** Times that a build may turn out to need something from outside of its app. */
  rounds: 100,
  /** Rendered overlays kept in memory, compressed. */
  cacheBytes: 256 * 1024 * 1024,
} as const
