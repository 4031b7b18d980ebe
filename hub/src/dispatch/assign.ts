import {
  type Assignment,
  type AssignmentContent,
  type ClusterName,
  type CommitId,
  type Digest,
  encodeAssignment,
  limits as protocolLimits,
  type ReleaseKeys,
  RoadsteadError,
  type Signer,
} from '@roadstead/proto'
import { sql } from 'kysely'
import { type DatabaseTransaction, notify } from '../db/index.ts'
import {
  type Change,
  changedContents,
  contentOf,
  nextAssignment,
  type Stamp,
  type Standing,
} from './decide.ts'
import { limits } from './limits.ts'
import { queueAssignments, queueReleases } from './outbox.ts'
import { type NewAssignment, type PlacementChange, writeAssignments, writePlacements } from './write.ts'

/** What makes an assignment this hub's own: its seal, and the keys of the releases in it. */
export interface Issuer {
  readonly signer: Signer
  readonly releaseKeys: ReleaseKeys
}

export interface Decision {
  readonly commit: CommitId
  readonly traceparent?: string | null | undefined
  /** What each cluster should run. A cluster that is not named keeps what it has. */
  readonly contents: ReadonlyMap<ClusterName, AssignmentContent>
}

export interface Offer {
  readonly cluster: ClusterName
  readonly generation: number
}

/**
 * Turns what clusters should run into signed assignments, placements and outbox rows, in the caller's
 * transaction. Only clusters whose content changed get a new generation. Called by the leader alone.
 *
 * @returns what is offered now, once the transaction commits
 * @throws RoadsteadError `too-large`, naming the cluster whose assignment does not fit into a message
 */
export async function assign(
  transaction: DatabaseTransaction,
  issuer: Issuer,
  { commit, traceparent, contents }: Decision,
  issuedAtMs: number,
): Promise<readonly Offer[]> {
  const standings = await readStandings(transaction, [...contents.keys()])
  const changes = changedContents(contents, standings)
  await issue(transaction, issuer, changes, () => ({ commit, traceparent, issuedAtMs }), nextAssignment)
  return changes.map(({ cluster, generation }) => ({ cluster, generation }))
}

/**
 * Issues what clusters already have again, above a generation that somebody has seen already: after the
 * database was restored from a backup, agents hold generations that it does not know. Every app counts as
 * changed, for what the agents last applied may be something else.
 *
 * @param floors the highest generation seen of each cluster
 */
export async function reissue(
  transaction: DatabaseTransaction,
  issuer: Issuer,
  floors: ReadonlyMap<ClusterName, number>,
  issuedAtMs: number,
): Promise<void> {
  const clusters = [...floors.keys()]
  const current = await readAssignments(transaction, clusters)
  const digests = await readStandings(transaction, clusters)
  const changes = [...current].map(([cluster, assignment]): Change => {
    const content = contentOf(assignment)
    const contentDigest = digests.get(cluster)?.contentDigest as Digest
    return { cluster, content, contentDigest, generation: (floors.get(cluster) ?? 0) + 1 }
  })
  const stampOf = ({ cluster }: Change): Stamp => {
    const { commit, traceparent } = current.get(cluster) as Assignment
    return { commit, traceparent, issuedAtMs }
  }
  await issue(transaction, issuer, changes, stampOf, (change, _, stamp, wrapKey) =>
    nextAssignment(change, undefined, stamp, wrapKey),
  )
}

async function issue(
  transaction: DatabaseTransaction,
  { signer, releaseKeys }: Issuer,
  changes: readonly Change[],
  stampOf: (change: Change) => Stamp,
  make: typeof nextAssignment,
): Promise<void> {
  if (changes.length === 0) return
  await queueReleases(transaction, await unpublishedReleases(transaction, changes))
  const wrapKey = releaseKeys.startWrapping()
  for (let start = 0; start < changes.length; start += limits.clustersPerStep) {
    const step = changes.slice(start, start + limits.clustersPerStep)
    const previous = await readAssignments(
      transaction,
      step.map(({ cluster }) => cluster),
    )
    const rows = step.map((change): NewAssignment => {
      const assignment = make(change, previous.get(change.cluster), stampOf(change), wrapKey)
      return { assignment, contentDigest: change.contentDigest, sealed: seal(signer, assignment) }
    })
    await writeAssignments(transaction, rows)
    await writePlacements(
      transaction,
      rows.map(
        ({ assignment }): PlacementChange => ({
          assignment,
          previous: previous.get(assignment.cluster),
        }),
      ),
    )
  }
  await queueAssignments(
    transaction,
    changes.map(({ cluster }) => cluster),
  )
  await notify(transaction, 'rs_outbox')
}

function seal(signer: Signer, assignment: Assignment): Uint8Array {
  const sealed = signer.seal('assignment', encodeAssignment(assignment))
  if (sealed.byteLength <= protocolLimits.assignmentBytes) return sealed
  throw new RoadsteadError(
    'too-large',
    `the assignment of cluster ${assignment.cluster} has ${sealed.byteLength} bytes with ${assignment.apps.length} apps; ` +
      `the limit is ${protocolLimits.assignmentBytes}. Give it fewer apps or variables.`,
  )
}

async function readStandings(
  transaction: DatabaseTransaction,
  clusters: readonly ClusterName[],
): Promise<ReadonlyMap<ClusterName, Standing>> {
  const { rows } = await sql<Standing & { cluster: ClusterName }>`
    select c.cluster, a.content_digest as "contentDigest",
      greatest(coalesce(a.generation, 0), coalesce(s.accepted_generation, 0)) as generation
    from unnest(${clusters}::text[]) as c (cluster)
    left join assignments a on a.cluster = c.cluster
    left join cluster_status s on s.cluster = c.cluster and s.accepted_generation < ${highestBelievable}`.execute(
    transaction,
  )
  return new Map(
    rows.map(({ cluster, contentDigest, generation }) => [
      cluster,
      { contentDigest: contentDigest ?? undefined, generation },
    ]),
  )
}

/** An agent that claims more would leave no room for generations to come. */
export const highestBelievable = 2 ** 48

async function readAssignments(
  transaction: DatabaseTransaction,
  clusters: readonly ClusterName[],
): Promise<ReadonlyMap<ClusterName, Assignment>> {
  const rows = await transaction
    .selectFrom('assignments')
    .select(['cluster', 'sealed'])
    .where(sql<boolean>`cluster = any(${clusters}::text[])`)
    .execute()
  return new Map(rows.map(({ cluster, sealed }) => [cluster, readSealed(sealed)]))
}

/** What we sealed and stored ourselves is not checked again: neither the seal nor the shape. */
const readSealed = (sealed: Buffer): Assignment =>
  JSON.parse(sealed.toString('utf8', sealed.indexOf(0x0a) + 1))

/** Releases that no placement refers to yet: all others were queued with the placement that did first. */
async function unpublishedReleases(
  transaction: DatabaseTransaction,
  changes: readonly Change[],
): Promise<readonly Digest[]> {
  const wanted = new Set(changes.flatMap(({ content }) => content.apps.map(({ release }) => release)))
  const { rows } = await sql<{ release: Digest }>`
    select w.release from unnest(${[...wanted]}::text[]) as w (release)
    where not exists (select 1 from placements p where p.release = w.release)`.execute(transaction)
  return rows.map(({ release }) => release)
}
