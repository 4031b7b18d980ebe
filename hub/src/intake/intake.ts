import { setTimeout as delay } from 'node:timers/promises'
import type { NatsConnection } from '@nats-io/transport-node'
import { type Clock, type ClusterName, clusterOfSubject, codeOf, messageOf } from '@roadstead/proto'
import { type Database, recordEvents } from '../db/index.ts'
import type { Telemetry } from '../telemetry/index.ts'
import { ask } from './ask.ts'
import { createDoubts } from './doubts.ts'
import { listenForHeartbeats } from './heartbeats.ts'
import { limits } from './limits.ts'
import { stillDoubtful } from './pulse.ts'
import { takeReports } from './reports.ts'
import { sweepHistory, sweepSilence } from './sweep.ts'
import { intakeTelemetry } from './telemetry.ts'

export interface IntakeEdges {
  /** The hub's connection, in the account that owns JetStream. It stays the caller's to close. */
  readonly connection: NatsConnection
  readonly database: Database
  readonly telemetry: Telemetry
  readonly clock: Clock
  /** From 0 to 1; for jitter. Default: `Math.random`. */
  readonly random?: () => number
}

export interface IntakeOptions {
  /** A cluster that was not heard for this long is silent. */
  readonly silentAfterMs: number
}

export interface Intake {
  /** Stops taking; what was taken is written and acknowledged. What was not comes to the next replica. */
  close(): Promise<void>
}

/**
 * Starts the up path of this replica: reports and heartbeats into rows, silence noticed, agents asked
 * where the rows do not say what they say. Any number of replicas do this at the same time.
 */
export function createIntake(edges: IntakeEdges, { silentAfterMs }: IntakeOptions): Intake {
  const { connection, database, clock, random = Math.random } = edges
  const telemetry = intakeTelemetry(edges.telemetry)
  const doubts = createDoubts(clock, random)
  const stop = new AbortController()
  const heartbeats = listenForHeartbeats({ connection, database, clock, telemetry, doubts })
  const tellRefused = refusalTeller(database, clock, (error) => telemetry.sweepFailed(error))

  const askTheDoubtful = async () => {
    for (const { cluster, kind } of await stillDoubtful(database, doubts.due())) {
      doubts.asked(cluster)
      void ask(connection, cluster, kind).then((outcome) => telemetry.asked(cluster, kind, outcome))
    }
  }
  const noticeSilence = async () => {
    const cutoffMs = clock.now() - silentAfterMs
    if (cutoffMs < heartbeats.hearingSinceMs()) return
    const silent = await sweepSilence(database, new Date(cutoffMs))
    if (silent > 0) telemetry.silenceChanged(silent)
  }
  const forgetHistory = () => sweepHistory(database, new Date(clock.now() - limits.retentionMs))

  const every = async (intervalMs: number, work: () => Promise<void>): Promise<void> => {
    while (!stop.signal.aborted) {
      await work().catch((error: unknown) => telemetry.sweepFailed(error))
      await delay(intervalMs * (0.75 + random() / 2), undefined, { signal: stop.signal }).catch(() => {})
    }
  }
  const running = [
    takeReports({ connection, database, telemetry, random, onRefused: tellRefused }, stop.signal),
    every(limits.heartbeatFlushMs, askTheDoubtful),
    every(Math.min(limits.silenceSweepMs, silentAfterMs / 4), noticeSilence),
    every(limits.retentionSweepMs, forgetHistory),
  ]
  return {
    async close() {
      stop.abort()
      await Promise.all(running)
      await heartbeats.close()
    },
  }
}

/** Tells that a cluster's reports can not be used: as an event, one in a while per cluster. */
function refusalTeller(
  database: Database,
  clock: Clock,
  onError: (error: unknown) => void,
): (subject: string, error: unknown) => void {
  const toldAtMs = new Map<ClusterName, number>()
  return (subject, error) => {
    const cluster = clusterOfSubject(subject)
    const now = clock.now()
    const last = toldAtMs.get(cluster) ?? Number.NEGATIVE_INFINITY
    if (now < last + limits.refusalEventIntervalMs) return
    if (toldAtMs.size >= limits.refusalEventClusters) toldAtMs.clear()
    toldAtMs.set(cluster, now)
    const reason = messageOf(error).slice(0, limits.eventTextChars).toWellFormed()
    const event = {
      type: 'report.refused',
      cluster,
      message: `a report of ${cluster} can not be used: ${reason}`,
      data: { code: codeOf(error) },
    }
    database
      .transaction()
      .execute((transaction) => recordEvents(transaction, [event]))
      .catch(onError)
  }
}
