/** Limits of the way from the database to the broker. */
export const limits = {
  /** Clusters decided, sealed and written at a time; the event loop breathes in between. */
  clustersPerStep: 500,
  placementsPerStatement: 5_000,
  /** Rows of the outbox taken at a time, and assignments of them on their way to the broker at once. */
  outboxBatch: 2_000,
  assignmentsInFlight: 500,
  /** Chunks of releases on their way at once; each may hold 256 KB. */
  chunksInFlight: 8,
  publishTimeoutMs: 10_000,
  /** The outbox is looked into at this pace when nobody calls. */
  pollMs: 5_000,
  backoffMinMs: 100,
  backoffMaxMs: 10_000,
  /** What the broker holds is compared with the database at this pace, and after every trouble. */
  auditIntervalMs: 600_000,
  collectIntervalMs: 3_600_000,
  /** A release that nothing refers to is kept this long from its making. */
  releaseKeepMs: 24 * 3_600_000,
  releasesPerCollection: 100,
} as const
