import { fromPublic } from '@nats-io/nkeys'
import { type ClusterName, type EnrolmentRequest, RoadsteadError } from '@roadstead/proto'
import { type DatabaseTransaction, recordEvents } from '../db/index.ts'
import { hashOf, newToken } from './token.ts'

export interface EnrolmentToken {
  /** Shown once and kept nowhere. */
  readonly token: string
  readonly expiresAt: Date
}

/** A token that lets one agent of one cluster enrol, once. The cluster need not be in the fleet yet. */
export async function createToken(
  transaction: DatabaseTransaction,
  cluster: ClusterName,
  now: Date,
  validMs: number,
): Promise<EnrolmentToken> {
  const token = newToken()
  const expiresAt = new Date(now.getTime() + validMs)
  await transaction.deleteFrom('enrolment_tokens').where('expires_at', '<', now).execute()
  await transaction
    .insertInto('enrolment_tokens')
    .values({ hash: hashOf(token), cluster, created_at: now, expires_at: expiresAt, used_at: null })
    .execute()
  return { token, expiresAt }
}

/**
 * Takes the token and makes the key the cluster's identity. A key that the cluster had before is revoked.
 * The same request again, within the token's time, has the same result: an answer may get lost.
 *
 * @returns whether another key lost its right to speak
 * @throws RoadsteadError `unauthenticated`, `bad-request` or `conflict`
 */
export async function admit(
  transaction: DatabaseTransaction,
  request: EnrolmentRequest,
  now: Date,
): Promise<{ readonly replaced: boolean }> {
  const { cluster, publicKey } = request
  checkKey(publicKey)
  // The token's row is locked, so that of two agents with one token the second sees that it was used.
  const repeated = await spendToken(transaction, request, now)
  await refuseKnownKey(transaction, request)
  const current = await transaction
    .selectFrom('agents')
    .selectAll()
    .where('cluster', '=', cluster)
    .forUpdate()
    .executeTakeFirst()
  if (repeated) {
    if (current?.public_key === publicKey && current.revoked_at === null) return { replaced: false }
    throw new RoadsteadError('unauthenticated', `the token for cluster ${cluster} was used already`)
  }
  const replaced = current !== undefined && current.public_key !== publicKey
  if (replaced) await revokeKey(transaction, cluster, current.public_key, now)
  const row = { public_key: publicKey, issued_at: now, revoked_at: null }
  await transaction
    .insertInto('agents')
    .values({ cluster, ...row })
    .onConflict((conflict) => conflict.column('cluster').doUpdateSet(row))
    .execute()
  const message = `cluster ${cluster} ${replaced ? 'enrolled again with a new key' : 'enrolled'}`
  await recordEvents(transaction, [{ type: 'cluster.enrolled', cluster, message, data: { publicKey } }])
  return { replaced }
}

/**
 * Takes the cluster's right to speak, for ever for the key it has, and voids its unused tokens.
 *
 * @throws RoadsteadError `not-found` when the cluster never enrolled
 */
export async function expel(
  transaction: DatabaseTransaction,
  cluster: ClusterName,
  now: Date,
): Promise<void> {
  const agent = await transaction
    .selectFrom('agents')
    .selectAll()
    .where('cluster', '=', cluster)
    .forUpdate()
    .executeTakeFirst()
  if (agent === undefined) throw new RoadsteadError('not-found', `cluster ${cluster} has never enrolled`)
  await transaction.deleteFrom('enrolment_tokens').where('cluster', '=', cluster).execute()
  if (agent.revoked_at !== null) return
  await transaction.updateTable('agents').set({ revoked_at: now }).where('cluster', '=', cluster).execute()
  await revokeKey(transaction, cluster, agent.public_key, now)
  const message = `the credentials of cluster ${cluster} are revoked`
  await recordEvents(transaction, [{ type: 'cluster.revoked', cluster, message }])
}

function checkKey(publicKey: string): void {
  try {
    fromPublic(publicKey)
  } catch (cause) {
    throw new RoadsteadError('bad-request', 'publicKey is not a public nkey of a user', { cause })
  }
}

/** @returns whether it was spent before, which only a repetition of the same request may do */
async function spendToken(
  transaction: DatabaseTransaction,
  { cluster, token }: EnrolmentRequest,
  now: Date,
): Promise<boolean> {
  const row = await transaction
    .selectFrom('enrolment_tokens')
    .selectAll()
    .where('hash', '=', hashOf(token))
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined || row.cluster !== cluster) {
    throw new RoadsteadError(
      'unauthenticated',
      `there is no such token for cluster ${cluster}; ask for a new one`,
    )
  }
  if (row.expires_at <= now) {
    throw new RoadsteadError(
      'unauthenticated',
      `the token for cluster ${cluster} expired at ${row.expires_at.toISOString()}; ask for a new one`,
    )
  }
  if (row.used_at !== null) return true
  await transaction
    .updateTable('enrolment_tokens')
    .set({ used_at: now })
    .where('hash', '=', row.hash)
    .execute()
  return false
}

/** One key, one cluster, and never again after it was revoked. */
async function refuseKnownKey(
  transaction: DatabaseTransaction,
  { cluster, publicKey }: EnrolmentRequest,
): Promise<void> {
  const revoked = await transaction
    .selectFrom('revoked_keys')
    .select('cluster')
    .where('public_key', '=', publicKey)
    .executeTakeFirst()
  if (revoked !== undefined) {
    throw new RoadsteadError(
      'conflict',
      `the key of cluster ${cluster} is revoked; the agent must make a new one`,
    )
  }
  const elsewhere = await transaction
    .selectFrom('agents')
    .select('cluster')
    .where('public_key', '=', publicKey)
    .where('cluster', '!=', cluster)
    .executeTakeFirst()
  if (elsewhere !== undefined) {
    throw new RoadsteadError('conflict', `the key of cluster ${cluster} is another cluster's; make a new one`)
  }
}

async function revokeKey(
  transaction: DatabaseTransaction,
  cluster: ClusterName,
  publicKey: string,
  now: Date,
): Promise<void> {
  await transaction
    .insertInto('revoked_keys')
    .values({ public_key: publicKey, cluster, revoked_at: now })
    .onConflict((conflict) => conflict.column('public_key').doNothing())
    .execute()
}
