import {
  type AppPhase,
  type AppReport,
  type HealthStatus,
  limits,
  objectRefText,
  type Problem,
  policyDefaults,
} from '@roadstead/proto'
import type { AppRecord } from '../inventory/index.ts'
import type { Verdict } from '../observe/index.ts'
import type { DesiredApp } from './desired.ts'

export interface StatusQuestion {
  readonly record: AppRecord
  readonly desired: DesiredApp | undefined
  readonly phase: AppPhase
  /** By object key, and by other names for what concerns the app as a whole. */
  readonly problems: ReadonlyMap<string, Problem>
  readonly retained: number
  readonly verdictOf: (key: string) => Verdict | undefined
  readonly drifted: number
  /** Since when the app has not been healthy, in milliseconds; `undefined` while it is. */
  readonly unhealthySinceMs: number | undefined
  readonly nowMs: number
}

export type AppFacts = Omit<AppReport, 'boot' | 'seq' | 'at'>

export interface AppStatus {
  readonly facts: AppFacts
  /** Applied at the current `since`, and all of it healthy or suspended on purpose. */
  readonly settled: boolean
}

/** How bad, from nothing to worst: an app is as its worst object is. */
const severity: readonly HealthStatus[] = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Unknown',
  'Missing',
  'Degraded',
]

/** What there is to say of an app. Pure; the milestones are the record's. */
export function statusOf(question: StatusQuestion): AppStatus {
  const { record, phase } = question
  const survey = surveyOf(question)
  const overdue = overdueProblem(question, survey)
  const problems = [...question.problems.values(), ...survey.problems, ...(overdue ? [overdue] : [])]
  const status: HealthStatus = overdue ? 'Degraded' : survey.status
  const reason = overdue ? overdue.message : survey.reason
  const applied = record.applied?.generation === record.since && phase === 'applied'
  const settled = applied && (status === 'Healthy' || status === 'Suspended')
  const facts: AppFacts = {
    kind: 'app',
    app: record.app,
    phase,
    ...(record.release ? { release: record.release } : {}),
    ...(record.accepted ? { accepted: record.accepted } : {}),
    ...(record.applied ? { applied: record.applied } : {}),
    ...(record.healthy ? { healthy: record.healthy } : {}),
    health: { status, ...(reason === '' ? {} : { reason: reason.slice(0, limits.messageChars) }) },
    objects: { ...survey.counts, drifted: question.drifted, retained: question.retained },
    problems: problems.slice(0, limits.problemsPerReport),
    problemCount: problems.length,
  }
  return { facts, settled }
}

interface Survey {
  readonly status: HealthStatus
  readonly reason: string
  readonly problems: readonly Problem[]
  readonly counts: { total: number; applied: number; failed: number; healthy: number }
}

function surveyOf({ record, desired, problems, verdictOf }: StatusQuestion): Survey {
  const keys = desired ? [...desired.objects.keys()] : [...record.objects.keys()]
  const counts = { total: keys.length + (desired?.unwritten.length ?? 0), applied: 0, failed: 0, healthy: 0 }
  let worst: HealthStatus = 'Healthy'
  let reason = ''
  for (const key of keys) {
    const owned = record.objects.get(key)
    const wanted = desired?.objects.get(key)
    if (owned && owned.applied !== '' && (!wanted || owned.applied === wanted.hash)) counts.applied += 1
    const { status, reason: why } = verdictOf(key) ?? unseen(owned?.uid)
    if (status === 'Healthy' || status === 'Suspended') counts.healthy += 1
    if (severity.indexOf(status) > severity.indexOf(worst)) {
      worst = status
      reason = `${owned ? objectRefText(owned.ref) : key}: ${why || status}`
    }
  }
  counts.failed = keys.filter((key) => problems.has(key)).length + (desired?.unwritten.length ?? 0)
  return { status: worst, reason, problems: desired?.problems ?? [], counts }
}

/** Not seen since the agent started, or not created yet. */
const unseen = (uid: string | undefined): Pick<Verdict, 'status' | 'reason'> =>
  uid ? { status: 'Unknown', reason: 'not seen yet' } : { status: 'Missing', reason: 'not created yet' }

function overdueProblem(
  { record, phase, unhealthySinceMs, nowMs }: StatusQuestion,
  survey: Survey,
): Problem | undefined {
  const seconds = record.policy.health.deadlineSeconds ?? policyDefaults.health.deadlineSeconds
  const waiting =
    survey.status === 'Progressing' || survey.status === 'Missing' || survey.status === 'Unknown'
  if (phase !== 'applied' || !waiting || unhealthySinceMs === undefined) return undefined
  if (nowMs - unhealthySinceMs < seconds * 1_000) return undefined
  return {
    code: 'health-deadline',
    message: `not healthy within ${seconds} s: ${survey.reason}`.slice(0, 1_900),
  }
}

/** When the deadline passes, for whoever has to look again then. */
export const deadlineMs = (record: AppRecord, unhealthySinceMs: number): number =>
  unhealthySinceMs + (record.policy.health.deadlineSeconds ?? policyDefaults.health.deadlineSeconds) * 1_000
