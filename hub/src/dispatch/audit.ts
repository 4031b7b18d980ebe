import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import {
  type ClusterName,
  clusterOfSubject,
  envelopeBytes,
  headers,
  streams,
  subjects,
} from '@roadstead/proto'
import { sql } from 'kysely'
import { type Database, notify } from '../db/index.ts'
import { natsError } from '../nats/index.ts'
import { highestBelievable, type Issuer, reissue } from './assign.ts'
import { compare, type Desired, type Difference, type Stored } from './compare.ts'
import type { Link } from './link.ts'
import { queueAssignments, queuedKeys, queueReleases } from './outbox.ts'

/**
 * Compares what the broker holds with the database and queues what is missing or behind: after a broker
 * lost its disk that is everything. Where somebody saw a higher generation than the database knows, the
 * cluster's assignment is issued again above it. Must not run while a batch is being published.
 *
 * @throws RoadsteadError `unavailable` or `timeout`
 */
export async function audit(
  database: Database,
  link: Link,
  issuer: Issuer,
  now: () => Date,
): Promise<Difference> {
  // The broker is read first: what is published in between then looks behind, and is published once more.
  const stored = await link.guard(readBroker(link.connection))
  const desired = await readDatabase(database)
  const difference = compare(desired, stored, (digest) => releaseToken(subjects.releaseChunk(digest, 0)))
  const { releases, assignments, overtaken } = difference
  if (releases.length + assignments.length + overtaken.size === 0) return difference
  await database.transaction().execute(async (transaction) => {
    const queued = await queuedKeys(transaction)
    await queueReleases(
      transaction,
      releases.filter((digest) => !queued.has(digest)),
    )
    await queueAssignments(
      transaction,
      assignments.filter((cluster) => !queued.has(cluster)),
    )
    if (overtaken.size > 0) await reissue(transaction, issuer, overtaken, now().getTime())
    await notify(transaction, 'rs_outbox')
  })
  return difference
}

async function readDatabase(database: Database): Promise<Desired> {
  const assignments = await database
    .selectFrom('assignments as a')
    .leftJoin('cluster_status as s', 's.cluster', 'a.cluster')
    .select(['a.cluster', 'a.generation', 's.accepted_generation'])
    .execute()
  const releases = await database
    .selectFrom('releases')
    .select(['digest', sql<number>`octet_length(compressed)`.as('bytes')])
    .where(({ exists, selectFrom }) =>
      exists(selectFrom('placements').select('app').whereRef('placements.release', '=', 'releases.digest')),
    )
    .execute()
  return {
    assignments: new Map(assignments.map(({ cluster, generation }) => [cluster, generation])),
    releases: new Map(releases.map(({ digest, bytes }) => [digest, bytes + envelopeBytes])),
    accepted: new Map(
      assignments.flatMap(({ cluster, accepted_generation: accepted }) =>
        accepted !== null && accepted < highestBelievable ? [[cluster, accepted]] : [],
      ),
    ),
  }
}

async function readBroker(connection: NatsConnection): Promise<Stored> {
  try {
    return {
      assignments: await storedGenerations(connection),
      chunks: await storedChunks(connection),
    }
  } catch (error) {
    throw natsError(error, 'reading what it holds')
  }
}

const readAtOnce = 5_000
const readDeadlineMs = 10_000

/** Reads the headers of all assignments through a short-lived consumer. */
async function storedGenerations(connection: NatsConnection): Promise<ReadonlyMap<ClusterName, number>> {
  const generations = new Map<ClusterName, number>()
  const consumer = await jetstream(connection).consumers.get(streams.assignments, {
    deliver_policy: DeliverPolicy.All,
    headers_only: true,
  })
  try {
    let pending = (await consumer.info()).num_pending
    while (pending > 0) {
      const messages = await consumer.fetch({
        max_messages: Math.min(pending, readAtOnce),
        expires: readDeadlineMs,
      })
      let read = 0
      for await (const message of messages) {
        const generation = Number(message.headers?.get(headers.generation) || Number.NaN)
        generations.set(clusterOfSubject(message.subject), generation)
        pending = message.info.pending
        read += 1
      }
      if (read === 0) break
    }
  } finally {
    await consumer.delete()
  }
  return generations
}

async function storedChunks(connection: NatsConnection): Promise<ReadonlyMap<string, number>> {
  const manager = await jetstreamManager(connection, { checkAPI: false })
  const info = await manager.streams.info(streams.releases, {
    subjects_filter: subjects.releaseChunk('*', '*'),
  })
  const chunks = new Map<string, number>()
  for (const subject of Object.keys(info.state.subjects ?? {})) {
    const token = releaseToken(subject)
    chunks.set(token, (chunks.get(token) ?? 0) + 1)
  }
  return chunks
}

/** A stored subject without the number of its chunk. */
const releaseToken = (subject: string): string => subject.slice(0, subject.lastIndexOf('.'))
