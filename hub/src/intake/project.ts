import type { AppReport, ClusterName, DriftReport, Receipt, Report } from '@roadstead/proto'
import type { NewEvent } from '../db/index.ts'
import { appEvents, driftEvents, receiptEvents } from './events.ts'
import type { Received } from './received.ts'
import {
  type AcceptanceRow,
  type AppRow,
  appKey,
  type DriftRow,
  driftKey,
  isNewer,
  type Order,
  type RefusalRow,
  type Stored,
} from './rows.ts'

/** What a batch changes, and what it tells. */
export interface Projection {
  readonly acceptances: readonly AcceptanceRow[]
  readonly refusals: readonly RefusalRow[]
  readonly apps: readonly AppRow[]
  readonly drifts: readonly DriftRow[]
  readonly events: readonly NewEvent[]
  /** Reports that change nothing, by why: bounded names, for the metrics. */
  readonly ignored: Readonly<Record<Ignored, number>>
}

export type Ignored = 'unknown-cluster' | 'unknown-app' | 'superseded'

type From<R extends Report> = { readonly cluster: ClusterName; readonly report: R }

/**
 * What a batch of reports means for the rows it is about. The newest report of an app, of a drift and of
 * a refusal wins, in whatever order they come and however often; what is not newer than its row changes
 * nothing and tells nothing. So any batch can be taken in twice.
 */
export function project(batch: readonly Received[], stored: Stored): Projection {
  const known = batch.filter(({ cluster }) => stored.clusters.has(cluster))
  const knownApps = known.filter(
    ({ cluster, report }) =>
      report.kind === 'receipt' ||
      stored.fleetApps.has(report.app) ||
      stored.apps.has(appKey(cluster, report.app)),
  )
  const receipts = ofKind<Receipt>(knownApps, 'receipt')
  const accepted = newestAcceptances(receipts, stored)
  const refused = newest(
    receipts.filter(({ report }) => !report.accepted),
    ({ cluster }) => cluster,
    ({ cluster }) => stored.clusters.get(cluster)?.refusal,
  )
  const apps = newest(
    ofKind<AppReport>(knownApps, 'app'),
    ({ cluster, report }) => appKey(cluster, report.app),
    ({ cluster, report }) => stored.apps.get(appKey(cluster, report.app)),
  )
  const drifts = newest(
    ofKind<DriftReport>(knownApps, 'drift'),
    (from) => keyOfDrift(from),
    (from) => stored.drifts.get(keyOfDrift(from)),
  )
  const taken = accepted.length + refused.length + apps.length + drifts.length
  return {
    acceptances: accepted.map(acceptanceRow),
    refusals: refused.map(refusalRow),
    apps: apps.map(appRow),
    drifts: drifts.map(driftRow),
    events: [
      ...[...accepted, ...refused].flatMap((from) => receiptEvents(from, stored)),
      ...apps.flatMap((from) => appEvents(from, stored)),
      ...drifts.flatMap((from) => driftEvents(from, stored)),
    ],
    ignored: {
      'unknown-cluster': batch.length - known.length,
      'unknown-app': known.length - knownApps.length,
      superseded: knownApps.length - taken,
    },
  }
}

const ofKind = <R extends Report>(batch: readonly Received[], kind: R['kind']): From<R>[] =>
  batch.filter(({ report }) => report.kind === kind) as unknown as From<R>[]

const keyOfDrift = ({ cluster, report }: From<DriftReport>): string =>
  driftKey(cluster, report.app, report.object, time(report.detectedAt))

/** Of each key the newest report, if it is newer than what is stored. */
function newest<R extends Report>(
  reports: readonly From<R>[],
  keyOf: (from: From<R>) => string,
  storedOf: (from: From<R>) => Order | undefined,
): From<R>[] {
  const winners = new Map<string, From<R>>()
  for (const from of reports) {
    const key = keyOf(from)
    const best = winners.get(key)?.report ?? storedOf(from)
    if (best === undefined || isNewer(from.report, best)) winners.set(key, from)
  }
  return [...winners.values()]
}

/**
 * An agent never goes back behind a generation it accepted, so that the highest one counts, whatever the
 * order; of two receipts for the same one the first: that is when it was reached (the statement that writes
 * them keeps the earlier time).
 */
function newestAcceptances(receipts: readonly From<Receipt>[], stored: Stored): From<Receipt>[] {
  const winners = new Map<ClusterName, From<Receipt>>()
  for (const from of receipts) {
    const { accepted, generation, at } = from.report
    if (!accepted) continue
    const best = winners.get(from.cluster)?.report
    const reached = best?.generation ?? stored.clusters.get(from.cluster)?.acceptedGeneration ?? 0
    const earlier = best === undefined || at < best.at
    if (generation > reached || (generation === reached && earlier)) winners.set(from.cluster, from)
  }
  return [...winners.values()]
}

const acceptanceRow = ({ cluster, report }: From<Receipt>): AcceptanceRow => ({
  cluster,
  accepted_generation: report.generation,
  accepted_at: time(report.at),
})

const refusalRow = ({ cluster, report }: From<Receipt>): RefusalRow => ({
  cluster,
  boot: report.boot,
  seq: report.seq,
  refused_generation: report.generation,
  refusal: report.problem ?? null,
})

function appRow({ cluster, report }: From<AppReport>): AppRow {
  const { accepted, applied, healthy, health, objects } = report
  return {
    cluster,
    app: report.app,
    boot: report.boot,
    seq: report.seq,
    phase: report.phase,
    release: report.release ?? null,
    accepted_generation: accepted?.generation ?? null,
    accepted_at: timeOrNull(accepted?.at),
    applied_generation: applied?.generation ?? null,
    applied_at: timeOrNull(applied?.at),
    healthy_generation: healthy?.generation ?? null,
    healthy_at: timeOrNull(healthy?.at),
    health: health.status,
    reason: health.reason ?? null,
    objects,
    drifted: objects.drifted,
    problems: report.problems,
    problem_count: report.problemCount,
    reported_at: time(report.at),
  }
}

function driftRow({ cluster, report }: From<DriftReport>): DriftRow {
  const { object } = report
  return {
    cluster,
    app: report.app,
    api_group: object.group,
    kind: object.kind,
    namespace: object.namespace,
    name: object.name,
    boot: report.boot,
    seq: report.seq,
    change: report.change,
    state: report.state,
    fields: report.fields,
    field_count: report.fieldCount,
    manager: report.manager ?? null,
    manager_at: timeOrNull(report.managerAt),
    fight: report.fight,
    detected_at: time(report.detectedAt),
    ended_at: timeOrNull(report.endedAt),
  }
}

/** In the calendar's terms: JavaScript reads the 30th of February, PostgreSQL does not. */
const time = (text: string): string => new Date(text).toISOString()

/** Null for what is no time, which only the API server's `managerAt` can be. */
const timeOrNull = (text: string | undefined): string | null =>
  text === undefined || Number.isNaN(Date.parse(text)) ? null : time(text)
