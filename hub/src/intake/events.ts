import {
  type AppReport,
  type ClusterName,
  type CommitId,
  type DriftReport,
  type HealthStatus,
  objectRefText,
  type Problem,
  type Receipt,
} from '@roadstead/proto'
import type { NewEvent } from '../db/index.ts'
import { limits } from './limits.ts'
import { appKey, driftKey, releaseKey, type Stored, type StoredApp } from './rows.ts'

/**
 * Which transitions are worth telling. Each function compares a report that won with what was stored
 * before it; a report that says the same again tells nothing.
 */

interface From<R> {
  readonly cluster: ClusterName
  readonly report: R
}

export function receiptEvents({ cluster, report }: From<Receipt>, stored: Stored): NewEvent[] {
  const before = stored.clusters.get(cluster)
  if (before === undefined) return []
  const { generation, accepted, problem } = report
  const about = { environment: before.environment, cluster, data: { generation } }
  if (accepted) {
    if (generation <= before.acceptedGeneration) return []
    return [
      { ...about, type: 'assignment.accepted', message: `${cluster} accepted generation ${generation}` },
    ]
  }
  const code = problem?.code ?? 'internal'
  if (before.refusal?.generation === generation && before.refusal.code === code) return []
  const message = `${cluster} refused generation ${generation}: ${problemText(problem)}`
  return [{ ...about, type: 'assignment.refused', message, data: { generation, code } }]
}

export function appEvents({ cluster, report }: From<AppReport>, stored: Stored): NewEvent[] {
  const before = stored.apps.get(appKey(cluster, report.app))
  const environment = stored.clusters.get(cluster)?.environment
  const commit = commitOf(environment, report, stored)
  const name = `${report.app} on ${cluster}`
  return appTransitions(report, before).map(({ type, generation, says }) => ({
    type,
    environment,
    cluster,
    app: report.app,
    commit,
    message: `${name} ${says}`,
    data: {
      ...(generation === undefined ? {} : { generation }),
      ...(report.release === undefined ? {} : { release: report.release }),
      ...(report.problems[0] === undefined ? {} : { code: report.problems[0].code }),
    },
  }))
}

interface Transition {
  readonly type: string
  readonly generation: number | undefined
  readonly says: string
}

function appTransitions(report: AppReport, before: StoredApp | undefined): Transition[] {
  const { phase, health } = report
  if (phase === 'removed') {
    return before === undefined || before.phase === 'removed'
      ? []
      : [{ type: 'app.removed', generation: undefined, says: 'is removed' }]
  }
  const found: Transition[] = []
  const generation = report.accepted?.generation
  const applied = report.applied?.generation
  const healthy = report.healthy?.generation
  if (applied !== undefined && applied > (before?.appliedGeneration ?? 0)) {
    found.push({ type: 'app.applied', generation: applied, says: `is applied at generation ${applied}` })
  }
  if (phase === 'failed' && (before?.phase !== 'failed' || before.problemCount !== report.problemCount)) {
    const says = `failed: ${problemText(report.problems[0], health.reason)}`
    found.push({ type: 'app.failed', generation, says })
  }
  const becameHealthy =
    before === undefined || !isGood(before.health) || (healthy ?? 0) > before.healthyGeneration
  if (isGood(health.status) && healthy !== undefined && becameHealthy) {
    found.push({ type: 'app.healthy', generation: healthy, says: `is healthy at generation ${healthy}` })
  }
  if (health.status === 'Degraded' && before?.health !== 'Degraded') {
    const says = `is degraded: ${problemText(report.problems[0], health.reason)}`
    found.push({ type: 'app.degraded', generation: applied, says })
  }
  return found
}

/** Healthy, or suspended on purpose. */
const isGood = (status: HealthStatus): boolean => status === 'Healthy' || status === 'Suspended'

export function driftEvents({ cluster, report }: From<DriftReport>, stored: Stored): NewEvent[] {
  const { app, object, state, fight } = report
  const before = stored.drifts.get(driftKey(cluster, app, object, new Date(report.detectedAt).toISOString()))
  const about = {
    environment: stored.clusters.get(cluster)?.environment,
    cluster,
    app,
    data: { object, change: report.change, fieldCount: report.fieldCount, manager: report.manager ?? null },
  }
  const what = `${objectRefText(object)} of ${app} on ${cluster}`
  const who = report.manager ?? 'somebody'
  const events: NewEvent[] = []
  if (before?.state !== state)
    events.push({ ...about, type: driftTypes[state], message: driftText(report, what, who) })
  if (fight && !before?.fight) {
    events.push({
      ...about,
      type: 'drift.fight',
      message: `${who} keeps changing ${what}; corrections slow down`,
    })
  }
  return events
}

const driftTypes = { open: 'drift.opened', corrected: 'drift.corrected', resolved: 'drift.resolved' } as const

function driftText({ state, change, fieldCount }: DriftReport, what: string, who: string): string {
  const difference = change === 'deleted' ? 'was deleted' : `differs in ${fieldCount} field(s)`
  switch (state) {
    case 'open':
      return `${what} ${difference}, by ${who}`
    case 'corrected':
      return `${what} ${difference}, by ${who}, and was corrected`
    case 'resolved':
      return `${what} no longer differs`
  }
}

function commitOf(
  environment: string | undefined,
  { app, release }: AppReport,
  { commits }: Stored,
): CommitId | undefined {
  return environment === undefined || release === undefined
    ? undefined
    : commits.get(releaseKey(app, environment, release))
}

function problemText(problem: Problem | undefined, otherwise = 'no reason given'): string {
  if (problem === undefined) return otherwise.slice(0, limits.eventTextChars).toWellFormed()
  const where = problem.object === undefined ? '' : `${objectRefText(problem.object)}: `
  return `${where}${problem.message} (${problem.code})`.slice(0, limits.eventTextChars).toWellFormed()
}
