import type { Clock } from '@roadstead/proto'
import { sql } from 'kysely'
import type { Database, Queryable } from '../db/index.ts'
import { type BrokerAccess, type Revocations, updateBrokerAccounts } from '../nats/index.ts'

/** Tells the broker its accounts, with who is revoked. All promises reject as `updateBrokerAccounts` does. */
export interface BrokerTeller {
  /** Whether the broker still has to be told: at the start, and after a failure. */
  isDue(): boolean
  tell(): Promise<void>
  /** As `tell`, for a revocation that is new in the database; if it fails it stays due. */
  changed(): Promise<void>
}

/** Any fixed number: in this database it names the lock of whoever tells the broker its accounts. */
const tellingLock = 0x72736163

export function brokerTeller(database: Database, access: BrokerAccess, clock: Clock): BrokerTeller {
  /** How often the broker was to be told, and up to which time it has been. */
  let due = 1
  let told = 0
  const tellNow = async () => {
    const upTo = due
    await database.transaction().execute(async (transaction) => {
      // What was read before another replica told of a revocation would take that one back.
      await sql`select pg_advisory_xact_lock(${tellingLock})`.execute(transaction)
      await updateBrokerAccounts(access, await readRevocations(transaction), clock.now())
    })
    told = Math.max(told, upTo)
  }
  /** Those who ask while the broker is being told wait for the next time, all for the same one. */
  let telling: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined
  const tell = (): Promise<void> => {
    next ??= telling
      .catch(() => {})
      .then(() => {
        next = undefined
        telling = tellNow()
        return telling
      })
    return next
  }
  return {
    isDue: () => told < due,
    tell,
    changed() {
      due += 1
      return tell()
    },
  }
}

/**
 * A revocation voids what was issued up to a second. The clock of the replica that issued may have been
 * ahead of ours, and a revoked key is never taken again, so that second may well lie ahead.
 */
const revocationMarginSeconds = 3_600

async function readRevocations(database: Queryable): Promise<Revocations> {
  const rows = await database.selectFrom('revoked_keys').select(['public_key', 'revoked_at']).execute()
  return Object.fromEntries(
    rows.map(({ public_key, revoked_at }) => [
      public_key,
      Math.ceil(revoked_at.getTime() / 1000) + revocationMarginSeconds,
    ]),
  )
}
