import { type Condition, conditionOf, type HealthView, saidBy, type Verdict } from './verdict.ts'

/**
 * Conditions, read by the conventions their authors keep to: a name says whether True is good or bad, one
 * condition sums up the others, and the reason tells a way from an end.
 */

/** True means well. `Ready` sums up the others; without it they have to be well together. */
const summaries = [
  'Available',
  'Healthy',
  'Succeeded',
  'Complete',
  'Completed',
  'Established',
  'Programmed',
  'Accepted',
  'Deployed',
  'Installed',
  'Synced',
  'Valid',
  'Active',
] as const

/** Names for which True means trouble, or at least nothing good. */
const badWhenTrue =
  /^(Stalled|Aborted|Invalid|Conflicted?|Unhealthy|Unavailable|Degraded)$|Fail(ed|ure)?$|Error$|Errors$|Pressure$|Exceeded$|Unschedulable$/

/** Names for which True means that something is under way; False means that it is over. */
const passingWhenTrue =
  /^(Reconciling|Progressing|Updating|Upgrading|Installing|Deleting|Terminating|Initializing|Provisioning|Pending|In-?[Pp]rogress|Paused|Suspended|Stopped)$/

/** Names that say something without judging. */
const neutral =
  /\/|^(Running|Idle|Cancell?ed|Hibernated|Fallback|Deprecated|Orphaned?|LeaderElected|Ignored)$/

/** Words that speak of an end, not of a way. */
const failing =
  /fail|error|invalid|denied|forbidden|unauthori|notfound|not_found|missing|unavailable|crash|backoff|exceeded|conflict|rejected|refused|timeout|timedout|unhealthy|degraded|misconfig|unsupported|stalled|lost|cannot|could not|unable|not found|terminated|mismatch|does not match|notready|not ready|not accepted|no longer|expired|unknown/i
const underWay =
  /progress|pending|creating|provisioning|updating|waiting|reconciling|initiali|installing|starting|scheduling|syncing|deploying|issuing|requested|upgrading|queued|running|configuring|deleting|doesnotexist|does not exist|building|scaling|rolling|not yet|in-flight|bootstrapping|unknown$/i

/** What the conditions come to; `undefined` when there are none that say anything. */
export function verdictOfConditions(view: HealthView): Verdict | undefined {
  const { conditions } = view
  const trouble = conditions.find((one) => isTrouble(one) && isCurrent(one, view))
  if (trouble) return verdict(trouble, 'Degraded')
  const reconciling = conditionOf(view, 'Reconciling')
  if (reconciling?.status === 'True') return verdict(reconciling, 'Progressing')
  const ready = conditionOf(view, 'Ready')
  if (ready) return positive(ready, view)
  const summary = summaries.map((type) => conditionOf(view, type)).filter((found) => found !== undefined)
  const failed = conditions.filter((one) => one.status === 'False' && failing.test(one.reason))
  if (summary.length > 0) {
    return worst([...summary, ...failed.filter(isPositive)].map((one) => positive(one, view)))
  }
  return worst(conditions.map((one) => ofAny(one, view)).filter((one) => one !== undefined))
}

function isTrouble({ type, status, reason }: Condition): boolean {
  if (badWhenTrue.test(type)) return status === 'True'
  // Crossplane and its kind keep Ready while every further step fails.
  return (
    /^(Synced|ReconcileSuccess|LastAsyncOperation)$/.test(type) && status === 'False' && failing.test(reason)
  )
}

const isPositive = ({ type }: Condition): boolean =>
  !neutral.test(type) && !badWhenTrue.test(type) && !passingWhenTrue.test(type)

function ofAny(condition: Condition, view: HealthView): Verdict | undefined {
  if (neutral.test(condition.type) || badWhenTrue.test(condition.type)) return undefined
  if (passingWhenTrue.test(condition.type)) {
    if (condition.status !== 'True') return undefined
    const stopped = /^(Paused|Suspended|Stopped)$/.test(condition.type)
    return verdict(condition, stopped ? 'Suspended' : 'Progressing')
  }
  return positive(condition, view)
}

/** A condition for which True is well. */
function positive(condition: Condition, view: HealthView): Verdict {
  if (!isCurrent(condition, view)) {
    return { ...verdict(condition, 'Progressing'), reason: 'the newest spec was not yet observed' }
  }
  if (condition.status === 'True') return verdict(condition, 'Healthy')
  if (condition.status !== 'False') return verdict(condition, 'Progressing')
  const { reason, message } = condition
  const stuck = failing.test(reason) || (!underWay.test(reason) && !underWay.test(message))
  return verdict(condition, stuck ? 'Degraded' : 'Progressing')
}

function isCurrent({ observedGeneration }: Condition, { live }: HealthView): boolean {
  const { generation } = live.metadata
  return observedGeneration === undefined || generation === undefined || observedGeneration >= generation
}

const verdict = (condition: Condition, status: Verdict['status']): Verdict => ({
  status,
  reason: saidBy(condition),
  rule: `condition/${condition.type}`,
})

const severity: readonly Verdict['status'][] = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Unknown',
  'Missing',
  'Degraded',
]

export const worst = (verdicts: readonly Verdict[]): Verdict | undefined =>
  verdicts.reduce<Verdict | undefined>(
    (found, one) => (found && severity.indexOf(found.status) >= severity.indexOf(one.status) ? found : one),
    undefined,
  )
