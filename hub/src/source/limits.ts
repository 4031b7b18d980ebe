/** What a fleet repository may be, and what a push may cost the hub. */
export const sourceLimits = {
  /** Files and directories of one commit. */
  entries: 100_000,
  pathBytes: 1_024,
  /** A file of ours: `fleet.yaml`, a cluster, an `app.yaml`, a pin. */
  definitionBytes: 256 * 1024,
  definitionDepth: 32,
  /** Aliases in one file of ours; they are expanded while it is read. */
  definitionAliases: 100,
  /** A manifest or any other file that an app is built from. */
  appFileBytes: 4 * 1024 * 1024,
  /** All files of one app together. */
  appBytes: 32 * 1024 * 1024,
  environments: 50,
  clusters: 20_000,
  apps: 2_000,
  dependencies: 100,
  deletionApprovals: 200,
  /** Problems kept of one commit; how many more there are is said. */
  problems: 100,

  /** A push as it comes in, packed. */
  pushBytes: 128 * 1024 * 1024,
  /** From the first byte of a Git request to the last of its answer. */
  gitRequestMs: 300_000,
  /** One `git` command that only reads. */
  gitCommandMs: 60_000,
  gitOutputBytes: 64 * 1024 * 1024,
  /** One `git blame`, which goes through a file's history. */
  blameMs: 10_000,
  blamedLines: 500,
  /** Git requests served at once; more are told to come back. */
  concurrentGitRequests: 16,
  /** Contents of files kept in memory between two commits. */
  blobCacheBytes: 64 * 1024 * 1024,
  /** Parsed files of ours kept in memory between two commits. */
  parsedFiles: 50_000,
} as const
