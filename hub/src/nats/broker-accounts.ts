import { errors, type NatsConnection } from '@nats-io/transport-node'
import { RoadsteadError } from '@roadstead/proto'
import { readAccountClaims } from './claims.ts'
import { connectHub } from './connect.ts'
import { natsError } from './errors.ts'
import type { Operator, Revocations } from './operator.ts'

export interface BrokerAccess {
  readonly urls: readonly string[]
  readonly operator: Operator
  readonly certificateAuthority?: string | undefined
}

const answerDeadlineMs = 5_000

/**
 * Brings the broker's accounts up to date: exports, limits, and who is revoked. The connections of those
 * who are revoked are closed at once, and stay shut over a restart of the broker, because its resolver
 * (type `full`) keeps what it was told.
 *
 * A revocation that the broker knows and the caller does not is kept: a restored database must not let
 * anybody back in.
 *
 * @returns every revocation that is now in force
 * @throws RoadsteadError `unavailable`, `timeout`, `unauthenticated`, or `internal` with the broker's words
 */
export async function updateBrokerAccounts(
  access: BrokerAccess,
  revocations: Revocations,
  nowMs: number,
): Promise<Revocations> {
  const { operator, ...address } = access
  const credentials = operator.systemCredentials
  const system = await connectHub({ ...address, credentials, name: 'roadstead-hub accounts' })
  try {
    const inForce = merge(await knownRevocations(system, operator.accounts.agents), revocations)
    const guarded = takesWildcardMappings(system.info?.version ?? '')
    for (const token of operator.accountTokens(inForce, Math.floor(nowMs / 1000), guarded)) {
      await push(system, token)
    }
    return inForce
  } catch (error) {
    throw natsError(error, 'updating its accounts')
  } finally {
    await system.close()
  }
}

async function knownRevocations(system: NatsConnection, account: string): Promise<Revocations> {
  const subject = `$SYS.REQ.ACCOUNT.${account}.CLAIMS.LOOKUP`
  const answer = await system.request(subject, '', { timeout: answerDeadlineMs }).catch((error: unknown) => {
    if (!(error instanceof errors.RequestError && error.isNoResponders())) throw error
    throw new RoadsteadError('unavailable', 'the broker keeps no accounts: give it a resolver of type full', {
      retry: 'retry',
      cause: error,
    })
  })
  const token = answer.string()
  return token === '' ? {} : (readAccountClaims(token).revocations ?? {})
}

async function push(system: NatsConnection, token: string): Promise<void> {
  const answer = await system.request('$SYS.REQ.CLAIMS.UPDATE', token, { timeout: answerDeadlineMs })
  const { data, error } = answer.json<UpdateAnswer>()
  if (data?.code === 200) return
  const said = error?.description ?? data?.message ?? answer.string()
  throw new RoadsteadError('internal', `the broker refused an account: ${said}`)
}

interface UpdateAnswer {
  readonly data?: { readonly code?: number; readonly message?: string }
  readonly error?: { readonly code?: number; readonly description?: string }
}

function merge(a: Revocations, b: Revocations): Revocations {
  const merged: Record<string, number> = { ...a }
  for (const [key, until] of Object.entries(b)) merged[key] = Math.max(until, merged[key] ?? 0)
  return merged
}

/** Servers before 2.10 hold an account that maps to a wildcard for invalid. */
function takesWildcardMappings(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 2 || (major === 2 && minor >= 10)
}
