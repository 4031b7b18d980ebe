import { jetstream } from '@nats-io/jetstream'
import { type MsgHdrs, headers as newHeaders } from '@nats-io/transport-node'
import {
  type ClusterName,
  chunksOf,
  type Digest,
  headers,
  type ReleaseKeys,
  type RoadsteadError,
  subjects,
} from '@roadstead/proto'
import { sql } from 'kysely'
import type { Database } from '../db/index.ts'
import { isAlreadyStored, natsError } from '../nats/index.ts'
import { limits } from './limits.ts'
import type { Link } from './link.ts'
import { forgetBatch, type OutboxBatch } from './outbox.ts'
import { inParallel } from './parallel.ts'

export interface Published {
  readonly releases: number
  readonly assignments: readonly PublishedAssignment[]
  /** What the broker will never take, such as a message that is too large for it. */
  readonly refused: readonly RoadsteadError[]
}

export interface PublishedAssignment {
  readonly cluster: ClusterName
  readonly generation: number
  readonly traceparent: string | null
}

/**
 * Publishes a batch of the outbox, releases first, and forgets it once the broker has acknowledged all of
 * it. When this fails anywhere, the whole batch stays and is published again: nothing is harmed by that.
 *
 * @throws RoadsteadError `unavailable` or `timeout`
 */
export async function publishBatch(
  database: Database,
  link: Link,
  releaseKeys: ReleaseKeys,
  batch: OutboxBatch,
  now: () => Date,
): Promise<Published> {
  const broker = brokerOf(link)
  const refused: RoadsteadError[] = []
  for (const release of batch.releases) {
    await publishRelease(database, broker, releaseKeys, release).catch(collectTerminal(refused))
  }
  const assignments = await publishAssignments(database, broker, batch.assignments, refused)
  await database.transaction().execute(async (transaction) => {
    const clusters = assignments.map(({ cluster }) => cluster)
    const generations = assignments.map(({ generation }) => generation)
    await sql`
      update assignments a set published_at = ${now()}
      from unnest(${clusters}::text[], ${generations}::bigint[]) as p (cluster, generation)
      where a.cluster = p.cluster and a.generation = p.generation and a.published_at is null`.execute(
      transaction,
    )
    await forgetBatch(transaction, batch)
  })
  return { releases: batch.releases.length, assignments, refused }
}

interface Broker {
  publish(subject: string, payload: Uint8Array, headers: MsgHdrs): Promise<unknown>
}

function brokerOf({ connection, guard }: Link): Broker {
  const broker = jetstream(connection, { timeout: limits.publishTimeoutMs })
  return { publish: (subject, payload, headers) => guard(broker.publish(subject, payload, { headers })) }
}

async function publishRelease(
  database: Database,
  broker: Broker,
  releaseKeys: ReleaseKeys,
  digest: Digest,
): Promise<void> {
  const row = await database
    .selectFrom('releases')
    .select('compressed')
    .where('digest', '=', digest)
    .executeTakeFirst()
  // Collected since it was queued: then nothing refers to it.
  if (row === undefined) return
  const chunks = chunksOf(releaseKeys.encryptRelease(digest, row.compressed))
  await inParallel(chunks, limits.chunksInFlight, async (chunk, index) => {
    const header = newHeaders()
    header.set(headers.chunks, String(chunks.length))
    header.set(headers.expectedLastSubjectSequence, '0')
    try {
      await broker.publish(subjects.releaseChunk(digest, index), chunk, header)
    } catch (error) {
      if (!isAlreadyStored(error)) throw natsError(error, `storing chunk ${index} of release ${digest}`)
    }
  })
}

async function publishAssignments(
  database: Database,
  broker: Broker,
  clusters: readonly ClusterName[],
  refused: RoadsteadError[],
): Promise<readonly PublishedAssignment[]> {
  if (clusters.length === 0) return []
  const rows = await database
    .selectFrom('assignments')
    .select(['cluster', 'generation', 'sealed', 'traceparent'])
    .where(sql<boolean>`cluster = any(${clusters}::text[])`)
    .execute()
  const published: PublishedAssignment[] = []
  await inParallel(rows, limits.assignmentsInFlight, async ({ sealed, ...row }) => {
    const header = newHeaders()
    header.set(headers.generation, String(row.generation))
    if (row.traceparent !== null) header.set(headers.traceparent, row.traceparent)
    try {
      await broker.publish(subjects.assignment(row.cluster), sealed, header)
      published.push(row)
    } catch (error) {
      collectTerminal(refused)(natsError(error, `storing the assignment of ${row.cluster}`))
    }
  })
  return published
}

/** Keeps what no repetition will cure, so that it does not hold up the rest; throws the others. */
const collectTerminal =
  (refused: RoadsteadError[]) =>
  (error: RoadsteadError): void => {
    if (error.retry !== 'terminal') throw error
    refused.push(error)
  }
