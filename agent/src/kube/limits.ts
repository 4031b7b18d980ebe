/** Limits on the talk with one API server. */
export const kubeLimits = {
  callTimeoutMs: 30_000,
  /** Of one answer; a page of a list is the largest. */
  responseBytes: 32 * 1024 * 1024,
  /** One line of a watch: an object of etcd's largest size with its managed fields, and room. */
  watchLineBytes: 8 * 1024 * 1024,
  listPage: 250,
  /** The server ends a watch after this, plus up to half of it at random. */
  watchSeconds: 300,
  /** Bookmarks come about once a minute; a watch that says nothing for longer than this is started again. */
  watchIdleMs: 180_000,
  /** How often one call waits out a 429 before it is the caller's to retry. */
  overloadRetries: 4,
  overloadWaitMs: 1_000,
  overloadMaxWaitMs: 30_000,
  discoveryAgeMs: 600_000,
} as const
