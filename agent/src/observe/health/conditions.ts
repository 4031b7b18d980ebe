import {
  type Condition,
  conditionOf,
  type HealthRule,
  isBehind,
  saidBy,
  textOf,
  type Verdict,
} from './verdict.ts'

/**
 * Custom kinds, by the conventions their authors keep to: `observedGeneration`, the kstatus pair
 * `Reconciling`/`Stalled`, one condition that sums up (`Ready`, `Available`, …), and `status.phase`.
 */

/** True means well. The first that an object has decides. */
const summaries = [
  'Ready',
  'Available',
  'Healthy',
  'Succeeded',
  'Complete',
  'Completed',
  'Established',
  'Accepted',
  'Programmed',
  'Synced',
  'Deployed',
  'Installed',
  'Valid',
  'Initialized',
  'Active',
] as const

/** True means trouble that waiting does not mend. */
const troubles = [
  'Stalled',
  'Failed',
  'Degraded',
  'Failure',
  'Error',
  'ReconcileError',
  'ReconcileFailed',
  'Aborted',
] as const

/** Words in a reason that speak of an end, not of a way. */
const failing =
  /fail|error|invalid|denied|forbidden|unauthori|notfound|not_found|missing|unavailable|crash|backoff|exceeded|conflict|rejected|refused|timeout|timedout|unhealthy|degraded|misconfig|unsupported|stalled|lost/i
const underWay =
  /progress|pending|creating|provisioning|updating|waiting|reconciling|initiali|installing|starting|scheduling|syncing|deploying|issuing|requested|upgrading|queued|running|configuring|deleting|terminating|doesnotexist/i

const phases: readonly [RegExp, Verdict['status']][] = [
  [
    /^(ready|running|active|available|bound|succeeded|success|successful|completed?|healthy|deployed|established|online|connected|synced|ok|provisioned|installed|enabled|created|attached|valid|finished|normal)$/i,
    'Healthy',
  ],
  [/fail|error|degraded|unhealthy|lost|invalid|crash|aborted|rejected|expired|offline|fatal/i, 'Degraded'],
  [/suspend|paused|stopped|hibernat|disabled/i, 'Suspended'],
  [/./, 'Progressing'],
]

const byKstatus: HealthRule = (view) => {
  if (isBehind(view)) {
    return {
      status: 'Progressing',
      reason: 'the newest spec was not yet observed',
      rule: 'observed-generation',
    }
  }
  for (const type of troubles) {
    const trouble = conditionOf(view, type)
    if (trouble?.status === 'True')
      return { status: 'Degraded', reason: saidBy(trouble), rule: `condition/${type}` }
  }
  const reconciling = conditionOf(view, 'Reconciling') ?? conditionOf(view, 'Progressing')
  if (reconciling?.status === 'True' && reconciling.type === 'Reconciling') {
    return { status: 'Progressing', reason: saidBy(reconciling), rule: 'condition/Reconciling' }
  }
  return undefined
}

const bySuspension: HealthRule = ({ spec }) =>
  spec.suspend === true || spec.suspended === true || spec.paused === true
    ? { status: 'Suspended', reason: 'suspended by its own spec', rule: 'suspension' }
    : undefined

const bySummary: HealthRule = (view) => {
  const condition = summaries.map((type) => conditionOf(view, type)).find((found) => found !== undefined)
  return condition && summaryVerdict(condition, view.live.metadata.generation)
}

function summaryVerdict(condition: Condition, generation: number | undefined): Verdict {
  const rule = `condition/${condition.type}`
  const reason = saidBy(condition)
  const behind =
    condition.observedGeneration !== undefined &&
    generation !== undefined &&
    condition.observedGeneration < generation
  if (behind) return { status: 'Progressing', reason: 'the newest spec was not yet observed', rule }
  if (condition.status === 'True') return { status: 'Healthy', reason, rule }
  if (condition.status !== 'False') return { status: 'Progressing', reason, rule }
  const stuck =
    failing.test(condition.reason) || (!underWay.test(condition.reason) && failing.test(condition.message))
  return { status: stuck ? 'Degraded' : 'Progressing', reason, rule }
}

const byPhase: HealthRule = ({ status }) => {
  const phase = textOf(status.phase) || textOf(status.state) || textOf(status.health) || textOf(status.status)
  if (phase === '') return undefined
  const [, verdict] = phases.find(([pattern]) => pattern.test(phase)) ?? [undefined, 'Unknown' as const]
  const message = textOf(status.message) || textOf(status.reason)
  return { status: verdict, reason: message === '' ? phase : `${phase}: ${message}`, rule: 'phase' }
}

/** The rules in the order they are asked. */
export const conventionRules: readonly HealthRule[] = [bySuspension, byKstatus, bySummary, byPhase]
