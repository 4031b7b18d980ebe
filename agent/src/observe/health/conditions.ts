import { type Condition, conditionOf, type HealthView, saidBy, type Verdict, worst } from './verdict.ts'
import { judgeWords, polarityOf } from './words.ts'

/**
 * Conditions, read by the conventions their authors keep to: a name says whether True is good or bad, one
 * condition sums up the others, and the reason tells a way from an end.
 */

/**
 * What the conditions come to; `undefined` when there are none that say anything. `isUnderWay` where the
 * object's phase tells what a condition may leave open: whether a "no" is a way or an end.
 */
export function verdictOfConditions(view: HealthView, isUnderWay = false): Verdict | undefined {
  const { conditions } = view
  const trouble = conditions.find((one) => isCurrent(one, view) && isTrouble(one))
  if (trouble) return verdict(trouble, 'Degraded')
  const stopped = conditions.find(({ type, status }) => polarityOf(type) === 'stopped' && status === 'True')
  if (stopped) return verdict(stopped, 'Suspended')
  const passing = conditions.find(isPassing)
  if (passing) return verdict(passing, 'Progressing')
  const good = conditions.filter(({ type }) => polarityOf(type) === 'good' && !isPast(type, conditions))
  const ready = conditionOf(view, 'Ready')
  if (!ready) return worst(good.map((one) => readGood(one, view, isUnderWay)))
  const own = readGood(ready, view, isUnderWay)
  if (own.status === 'Degraded') return own
  // Crossplane and its kind keep Ready while every further step fails.
  const failed = good.find((one) => one.status === 'False' && isFailing(one) && isCurrent(one, view))
  return failed ? verdict(failed, 'Degraded') : own
}

/** What succeeded does not run any more. */
const isPast = (type: string, conditions: readonly Condition[]): boolean =>
  type === 'Running' &&
  conditions.some((one) => one.status === 'True' && /^(Succeeded|Completed?|Finished)$/.test(one.type))

/** True where True is bad, or the end of something that should have come to a better one. */
function isTrouble(condition: Condition): boolean {
  const polarity = polarityOf(condition.type)
  if (polarity === 'bad') return condition.status === 'True' && !isOnlyNotYet(condition)
  const isOver = polarity === 'passing' || polarity === 'silent'
  return isOver && condition.status === 'False' && isFailing(condition)
}

/** `NotReady` because of `Creating` is the same as a `Ready` that is False for it. */
const isOnlyNotYet = ({ type, reason }: Condition): boolean =>
  /ready|available/i.test(type) && judgeWords(reason) === 'Progressing'

function isFailing({ reason }: Condition): boolean {
  const said = judgeWords(reason)
  return said === 'Degraded' || said === 'Missing'
}

/** A rollout that says it is over, and a retry after a failure, are not on their way any more. */
function isPassing(condition: Condition): boolean {
  const { type, status, reason } = condition
  if (status !== 'True') return false
  const polarity = polarityOf(type)
  if (polarity === 'bad') return isOnlyNotYet(condition)
  return polarity === 'passing' && !over.test(reason) && !/retry|fail|error/i.test(reason)
}

const over = /available|complete|success|succeeded|up-?to-?date|finished|done|as-?expected/i

/** A condition for which True is well. */
function readGood(condition: Condition, view: HealthView, isUnderWay: boolean): Verdict {
  if (!isCurrent(condition, view)) {
    return { ...verdict(condition, 'Progressing'), reason: 'the newest spec was not yet observed' }
  }
  const { status, type, reason } = condition
  // Operators made with Ansible are `Running` because of `Running` until it is because of `Successful`.
  const isAtWork = type === 'Running' && reason === 'Running'
  if (status === 'True') return verdict(condition, isAtWork ? 'Progressing' : 'Healthy')
  return verdict(condition, readNo(condition, isUnderWay))
}

/** Cluster API and the Azure operator say whether a False is on its way or needs somebody. */
const bySeverity: Readonly<Record<string, Verdict['status']>> = { Info: 'Progressing', Error: 'Degraded' }

function readNo(condition: Condition, isUnderWay: boolean): Verdict['status'] {
  const { status, severity, reason, message } = condition
  // Who does not know yet is on the way, unless it is a failure that keeps them from knowing.
  if (status !== 'False') return /fail|error/i.test(reason) ? 'Degraded' : 'Progressing'
  switch (bySeverity[severity] ?? judgeNo(reason) ?? judgeNo(message)) {
    case 'Degraded':
    case 'Missing':
      return 'Degraded'
    case 'Suspended':
      return 'Suspended'
    case undefined:
      // A "no" with words that do not speak of a way is an end; a bare "no" is a beginning.
      return isUnderWay || reason + message === '' || partial.test(message) ? 'Progressing' : 'Degraded'
    default:
      return 'Progressing'
  }
}

/** "1/3 Pods ready": there is more to come. */
const partial = /\b\d+ ?(\/|of|out of) ?\d+\b(?!.*\bnot\b).*\b(ready|available|running|updated)\b/i

/** A reason that only repeats what is not so (`Available` is False for `Available`) explains nothing. */
function judgeNo(text: string): Verdict['status'] | undefined {
  const said = judgeWords(text)
  return said === 'Healthy' ? undefined : said
}

/** Whether it speaks of the newest spec. */
export function isCurrent({ observedGeneration }: Condition, { live }: HealthView): boolean {
  const { generation } = live.metadata
  return observedGeneration === undefined || generation === undefined || observedGeneration >= generation
}

const verdict = (condition: Condition, status: Verdict['status']): Verdict => ({
  status,
  reason: saidBy(condition),
  rule: `condition/${condition.type}`,
})
