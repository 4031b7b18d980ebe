import type { NatsConnection } from '@nats-io/transport-node'
import { type Clock, createBell } from '@roadstead/proto'
import { type Database, type DatabaseTransaction, databaseError, listen } from '../db/index.ts'
import { ensureStreams, type StreamOptions } from '../nats/index.ts'
import type { Telemetry } from '../telemetry/index.ts'
import { assign, type Decision, type Issuer, type Offer } from './assign.ts'
import { audit } from './audit.ts'
import { collectReleases } from './collect.ts'
import { limits } from './limits.ts'
import { followLink } from './link.ts'
import { takeBatch } from './outbox.ts'
import { publishBatch } from './publish.ts'
import { dispatchTelemetry } from './telemetry.ts'

export interface DispatchEdges {
  readonly database: Database
  /** For a connection of its own that hears of new outbox rows. */
  readonly databaseUrl: string
  /** The hub's connection, in the account that owns JetStream. It stays the caller's to close. */
  readonly connection: NatsConnection
  readonly issuer: Issuer
  readonly clock: Clock
  readonly telemetry: Telemetry
  /** From 0 to 1; for jitter. Default: `Math.random`. */
  readonly random?: () => number
  readonly streams?: Partial<StreamOptions>
}

export interface Dispatch {
  /** See `assign`: content into signed assignments and outbox rows, in the caller's transaction. */
  assign(transaction: DatabaseTransaction, decision: Decision): Promise<readonly Offer[]>
  /**
   * Brings the broker up to date and keeps it so until the signal: makes the streams, puts back what they
   * lack, publishes the outbox as it fills, removes releases that nothing refers to. The leader alone runs
   * it. Never rejects: trouble is told and tried again.
   */
  run(signal: AbortSignal): Promise<void>
}

export function createDispatch(edges: DispatchEdges): Dispatch {
  const { database, connection, issuer, clock, random = Math.random } = edges
  const telemetry = dispatchTelemetry(edges.telemetry)
  const now = () => new Date(clock.now())
  const bell = createBell()
  let auditDueMs = 0
  let collectDueMs = 0
  const link = followLink(connection, () => {
    auditDueMs = 0
    bell.ring()
  })

  const auditBroker = async () => {
    if (clock.now() < auditDueMs) return
    await link.guard(ensureStreams(connection, edges.streams))
    telemetry.audited(await audit(database, link, issuer, now))
    auditDueMs = clock.now() + limits.auditIntervalMs
  }
  const drainOutbox = async (signal: AbortSignal) => {
    for (let batch = await takeBatch(database); batch && !signal.aborted; batch = await takeBatch(database)) {
      const startMs = clock.now()
      const published = await publishBatch(database, link, issuer.releaseKeys, batch, now)
      telemetry.published(published, clock.now() - startMs)
    }
  }
  const collect = async () => {
    if (clock.now() < collectDueMs) return
    const count = await collectReleases(database, link, new Date(clock.now() - limits.releaseKeepMs))
    if (count > 0) telemetry.collected(count)
    if (count < limits.releasesPerCollection) collectDueMs = clock.now() + limits.collectIntervalMs
  }

  return {
    assign: (transaction, decision) => assign(transaction, issuer, decision, clock.now()),

    async run(signal) {
      // Another replica may have led since.
      auditDueMs = 0
      const listener = listen(edges.databaseUrl, ['rs_outbox'], bell.ring)
      let failures = 0
      while (!signal.aborted) {
        try {
          await auditBroker()
          await drainOutbox(signal)
          await collect()
          failures = 0
          await bell.wait(signal, limits.pollMs)
        } catch (error) {
          telemetry.failed(databaseError(error))
          auditDueMs = 0
          await bell.wait(signal, backoffMs(failures++, random))
        }
      }
      await listener.close()
    },
  }
}

const backoffMs = (failures: number, random: () => number): number =>
  Math.min(limits.backoffMaxMs, limits.backoffMinMs * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2)
