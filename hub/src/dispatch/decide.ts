import {
  type Assignment,
  type AssignmentContent,
  type ClusterName,
  type CommitId,
  canonicalJson,
  contentDigest,
  type Digest,
  timeText,
} from '@roadstead/proto'

/** What a decision is stamped with. */
export interface Stamp {
  readonly commit: CommitId
  readonly traceparent?: string | null | undefined
  readonly issuedAtMs: number
}

/** What is known of a cluster before a decision. */
export interface Standing {
  /** Absent for a cluster that never had an assignment. */
  readonly contentDigest?: Digest | undefined
  /**
   * The highest generation that anybody ever saw: ours, or the one its agent says it accepted. The latter
   * is higher after the database was restored from a backup; an agent takes nothing below it.
   */
  readonly generation: number
}

export interface Change {
  readonly cluster: ClusterName
  readonly content: AssignmentContent
  readonly contentDigest: Digest
  readonly generation: number
}

/** Which clusters' content differs from what they were last assigned, and the generation that comes next. */
export function changedContents(
  contents: ReadonlyMap<ClusterName, AssignmentContent>,
  standings: ReadonlyMap<ClusterName, Standing>,
): readonly Change[] {
  const changes: Change[] = []
  for (const [cluster, content] of contents) {
    const standing = standings.get(cluster) ?? { generation: 0 }
    const digest = contentDigest(content)
    if (digest !== standing.contentDigest) {
      changes.push({ cluster, content, contentDigest: digest, generation: standing.generation + 1 })
    }
  }
  return changes
}

/**
 * The assignment that carries a change. An app whose part is the same as in `previous` keeps its `since`,
 * so that its cluster does nothing about it.
 */
export function nextAssignment(change: Change, previous: Assignment | undefined, stamp: Stamp): Assignment {
  const { content, generation } = change
  const known = new Map(
    previous !== undefined && sameScope(previous, content)
      ? previous.apps.map(({ since, ...part }) => [canonicalJson(part), since])
      : [],
  )
  return {
    ...content,
    generation,
    commit: stamp.commit,
    issuedAt: timeText(stamp.issuedAtMs),
    ...(stamp.traceparent ? { traceparent: stamp.traceparent } : {}),
    apps: content.apps.map((part) => ({ ...part, since: known.get(canonicalJson(part)) ?? generation })),
  }
}

/** The content of an assignment, without what a decision stamped on it. */
export function contentOf(assignment: Assignment): AssignmentContent {
  const { generation, commit, issuedAt, traceparent, apps, ...rest } = assignment
  return { ...rest, apps: apps.map(({ since, ...part }) => part) }
}

/** Whether variables in an app's objects have the same values in both. */
function sameScope(a: AssignmentContent, b: AssignmentContent): boolean {
  const scope = ({ cluster, environment, labels, variables }: AssignmentContent) =>
    canonicalJson({ cluster, environment, labels, variables })
  return scope(a) === scope(b)
}
