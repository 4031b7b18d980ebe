import { type ClusterName, codeOf, messageOf } from '@roadstead/proto'
import { attributes, type Telemetry } from '../telemetry/index.ts'
import type { Projection } from './project.ts'
import type { Received } from './received.ts'

/** What intake tells about itself; one function per event, each writes its counters and its log line. */
export interface IntakeTelemetry {
  batchTaken(batch: readonly Received[], projection: Projection, milliseconds: number): void
  reportRefused(subject: string, error: unknown): void
  writeFailed(reports: number, error: unknown): void
  consumerLost(error: unknown): void
  heartbeatRefused(error: unknown): void
  heartbeatsWritten(heard: number, unknown: number): void
  heartbeatsFailed(error: unknown): void
  asked(cluster: ClusterName, what: 'report' | 'fetch', outcome: 'answered' | 'refused' | 'unanswered'): void
  silenceChanged(silent: number): void
  sweepFailed(error: unknown): void
}

export function intakeTelemetry({ logger, meter, span }: Telemetry): IntakeTelemetry {
  const reports = meter.createCounter('roadstead.intake.reports', {
    description: 'Reports taken in, by kind',
  })
  const ignored = meter.createCounter('roadstead.intake.ignored', {
    description: 'Reports that changed nothing, by why',
  })
  const refused = meter.createCounter('roadstead.intake.refused', {
    description: 'Messages of agents that could not be read or stored, by code',
  })
  const batches = meter.createHistogram('roadstead.intake.batch.duration', {
    description: 'Time to take a batch of reports into the database',
    unit: 'ms',
  })
  const heartbeats = meter.createCounter('roadstead.intake.heartbeats', {
    description: 'Heartbeats, by outcome',
  })
  const asks = meter.createCounter('roadstead.intake.asks', {
    description: 'Questions to agents, by what was asked and outcome',
  })
  return {
    batchTaken(batch, projection, milliseconds) {
      for (const [kind, count] of countBy(batch, ({ report }) => report.kind)) reports.add(count, { kind })
      for (const [why, count] of Object.entries(projection.ignored))
        if (count > 0) ignored.add(count, { why })
      batches.record(milliseconds)
      logger.debug({ [attributes.count]: batch.length, milliseconds }, 'reports taken')
      markTransitions(span, batch, projection)
    },
    reportRefused(subject, error) {
      refused.add(1, { code: codeOf(error) })
      logger.warn({ subject, [attributes.code]: codeOf(error) }, `a report was dropped: ${messageOf(error)}`)
    },
    writeFailed: (count, error) =>
      logger.warn({ [attributes.count]: count }, `reports wait to be written: ${messageOf(error)}`),
    consumerLost: (error) =>
      logger.warn(`the report consumer is lost, and asked for again: ${messageOf(error)}`),
    heartbeatRefused(error) {
      heartbeats.add(1, { outcome: 'refused' })
      logger.debug({ [attributes.code]: codeOf(error) }, `a heartbeat was dropped: ${messageOf(error)}`)
    },
    heartbeatsWritten(heard, unknown) {
      heartbeats.add(heard - unknown, { outcome: 'written' })
      if (unknown > 0) heartbeats.add(unknown, { outcome: 'unknown-cluster' })
    },
    heartbeatsFailed: (error) =>
      logger.warn(`heartbeats could not be written, and the next ones are awaited: ${messageOf(error)}`),
    asked(cluster, what, outcome) {
      asks.add(1, { what, outcome })
      logger.info({ [attributes.cluster]: cluster, [attributes.outcome]: outcome }, `asked for a ${what}`)
    },
    silenceChanged: (silent) => logger.info({ [attributes.count]: silent }, 'clusters went silent'),
    sweepFailed: (error) => logger.warn(`a sweep failed, and is tried again: ${messageOf(error)}`),
  }
}

/** The end of a change's trace: a mark for each app that reached something under it. */
function markTransitions(span: Telemetry['span'], batch: readonly Received[], { apps }: Projection): void {
  const won = new Set(apps.map(({ cluster, app, boot, seq }) => `${cluster}/${app}/${boot}/${seq}`))
  for (const { cluster, report } of batch) {
    if (report.kind !== 'app' || report.traceparent === undefined) continue
    if (!won.has(`${cluster}/${report.app}/${report.boot}/${report.seq}`)) continue
    const about = {
      [attributes.cluster]: cluster,
      [attributes.app]: report.app,
      [attributes.outcome]: `${report.phase}/${report.health.status}`,
    }
    void span('intake', { parent: report.traceparent, attributes: about }, async () => {})
  }
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1)
  return counts
}
