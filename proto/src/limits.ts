/**
 * Every limit on what crosses the boundary between hub and agent, in one place, each with its unit in
 * its name. Limits that concern one program alone stand in that program's own configuration.
 */
export const limits = {
  /** One Kubernetes object as canonical JSON; etcd refuses requests above 1.5 MiB. */
  objectBytes: 1_500_000,
  objectsPerRelease: 10_000,
  /** A release as canonical JSON, before compression. */
  releaseBytes: 32 * 1024 * 1024,
  /** Nesting of any JSON value that is decoded. */
  jsonDepth: 200,

  /** One chunk of an encrypted release in NATS. */
  releaseChunkBytes: 256 * 1024,
  releaseChunks: 128,
  /** A sealed assignment; NATS' default `max_payload` is 1 MiB. */
  assignmentBytes: 960 * 1024,
  appsPerCluster: 1_000,
  variablesPerCluster: 500,
  variableBytes: 8 * 1024,

  reportBytes: 256 * 1024,
  heartbeatBytes: 4 * 1024,
  /** The largest message that the broker takes from an agent: a report with its headers. */
  agentPayloadBytes: 260 * 1024,
  askBytes: 960 * 1024,
  /** Objects named one by one in an app's report; the counts beside them are always complete. */
  problemsPerReport: 50,
  /** Drifted fields named one by one for an object. */
  fieldsPerDrift: 50,
  messageChars: 2_000,
  driftValueBytes: 1_024,

  heartbeatIntervalMs: 20_000,
  /** A cluster that was not heard for this long is silent. */
  silentAfterMs: 70_000,
  /** The agent asks for its assignment again at this pace, plus up to half of it at random. */
  assignmentPollMs: 600_000,
  /**
   * JetStream forgets a `Nats-Msg-Id` after this; the database refuses repeats for ever. As short as
   * servers allow: ids are one space for all clusters, and whoever guesses another's would have its next
   * report taken for a repeat.
   */
  reportDuplicateWindowMs: 100,
} as const
