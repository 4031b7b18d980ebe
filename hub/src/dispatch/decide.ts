import { isDeepStrictEqual } from 'node:util'
import {
  type AssignedApp,
  type Assignment,
  type AssignmentContent,
  type ClusterName,
  type CommitId,
  canonicalJson,
  contentDigest,
  type Digest,
  timeText,
  type WrapKey,
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
 * so that its cluster does nothing about it, and its release's key.
 */
export function nextAssignment(
  change: Change,
  previous: Assignment | undefined,
  stamp: Stamp,
  wrapKey: WrapKey,
): Assignment {
  const { cluster, content, generation } = change
  const comparable = previous !== undefined && sameScope(previous, content)
  const known = new Map(comparable ? previous.apps.map((part) => [part.app, part]) : [])
  const assigned = (part: AppPart): AssignedApp => {
    const before = known.get(part.app)
    if (before && same(partOf(before), part)) return before
    return { ...part, since: generation, releaseKey: wrapKey(cluster, part.release) }
  }
  return {
    ...content,
    generation,
    commit: stamp.commit,
    issuedAt: timeText(stamp.issuedAtMs),
    ...(stamp.traceparent ? { traceparent: stamp.traceparent } : {}),
    apps: content.apps.map(assigned),
  }
}

type AppPart = AssignmentContent['apps'][number]

/** The content of an assignment, without what a decision stamped on it. */
export function contentOf(assignment: Assignment): AssignmentContent {
  const { generation, commit, issuedAt, traceparent, apps, ...rest } = assignment
  return { ...rest, apps: apps.map(partOf) }
}

const partOf = ({ since, releaseKey, ...part }: AssignedApp): AppPart => part

/** Whether variables in an app's objects have the same values in both. */
function sameScope(a: Assignment, b: AssignmentContent): boolean {
  return a.environment === b.environment && same(a.labels, b.labels) && same(a.variables, b.variables)
}

/** As canonical JSON sees it; most of what is compared is equal, and then the quick look is enough. */
const same = (a: object, b: object): boolean =>
  isDeepStrictEqual(a, b) || canonicalJson(a) === canonicalJson(b)
