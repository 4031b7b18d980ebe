/** Limits of taking in what agents say; those of single messages are in `proto`. */
export const limits = {
  /** Reports written by one transaction. */
  reportsPerBatch: 1_000,
  /** Reports asked of the broker ahead of what is being written. */
  reportsAhead: 2_000,
  /** Pause after a failed write or a lost consumer: doubles from the first to the longest, plus jitter. */
  retryFirstMs: 100,
  retryLongestMs: 5_000,
  /** A reason or a sentence inside an event. */
  eventTextChars: 500,

  heartbeatFlushMs: 1_000,
  /** Clusters whose newest heartbeat waits to be written; a fleet is not larger. */
  heartbeatsWaiting: 100_000,
  heartbeatsPerStatement: 1_000,

  silenceSweepMs: 5_000,
  clustersPerSweep: 1_000,

  /** A doubt about a cluster's rows is looked at again after this, plus as much at random. */
  doubtDelayMs: 3_000,
  doubtsWaiting: 20_000,
  /** At most one question to the same agent in this time, */
  askIntervalMs: 120_000,
  /** and so many to all agents at once. */
  asksPerLook: 50,
  askTimeoutMs: 5_000,

  /** Undecodable reports of one cluster told as an event: one in this time. */
  refusalEventIntervalMs: 60_000,
  refusalEventClusters: 1_000,

  /** What is over is forgotten after this: closed drift records and events. */
  retentionMs: 30 * 24 * 3_600_000,
  retentionSweepMs: 600_000,
  rowsPerRetentionStep: 10_000,
} as const
