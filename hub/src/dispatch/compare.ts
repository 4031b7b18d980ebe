import { type ClusterName, type Digest, limits } from '@roadstead/proto'

/** What the database says the broker should hold. */
export interface Desired {
  /** Generation of each cluster's assignment. */
  readonly assignments: ReadonlyMap<ClusterName, number>
  /** Size in bytes, compressed and encrypted, of each release that is placed somewhere. */
  readonly releases: ReadonlyMap<Digest, number>
  /** The generation that each agent says it accepted. */
  readonly accepted: ReadonlyMap<ClusterName, number>
}

/** What the broker holds. */
export interface Stored {
  /** Generation of each cluster's assignment; NaN where the message does not say. */
  readonly assignments: ReadonlyMap<ClusterName, number>
  /** Number of chunks of each release, by the token that its stored subject carries. */
  readonly chunks: ReadonlyMap<string, number>
}

export interface Difference {
  /** To be published again. */
  readonly releases: readonly Digest[]
  readonly assignments: readonly ClusterName[]
  /**
   * Clusters for which somebody saw a higher generation than the database knows, with the highest seen:
   * the database was restored from a backup. They need a new generation above it.
   */
  readonly overtaken: ReadonlyMap<ClusterName, number>
}

/** How the broker differs from the database, which is the truth. */
export function compare(desired: Desired, stored: Stored, tokenOf: (digest: Digest) => string): Difference {
  const overtaken = new Map<ClusterName, number>()
  const assignments: ClusterName[] = []
  for (const [cluster, generation] of desired.assignments) {
    const atBroker = stored.assignments.get(cluster)
    const highest = Math.max(atBroker || 0, desired.accepted.get(cluster) ?? 0)
    if (highest > generation) overtaken.set(cluster, highest)
    else if (atBroker !== generation) assignments.push(cluster)
  }
  const releases = [...desired.releases]
    .filter(([digest, bytes]) => (stored.chunks.get(tokenOf(digest)) ?? 0) < chunkCount(bytes))
    .map(([digest]) => digest)
  return { releases, assignments, overtaken }
}

const chunkCount = (bytes: number): number => Math.max(1, Math.ceil(bytes / limits.releaseChunkBytes))
