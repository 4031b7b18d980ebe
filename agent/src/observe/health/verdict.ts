import type { HealthRuleEntry, HealthStatus } from '@roadstead/proto'
import type { LiveObject } from '../../kube/index.ts'

export interface Verdict {
  readonly status: HealthStatus
  /** One sentence for people; empty where there is nothing to add to the status. */
  readonly reason: string
  /** The rule that decided, for those who want to know why. */
  readonly rule: string
}

/** What a rule may know beside the object itself. */
export interface HealthContext {
  /** The Pods of a workload, where somebody looked. */
  readonly pods?: readonly LiveObject[]
  /** Milliseconds since the epoch; rules that compare times say nothing of them without it. */
  readonly nowMs?: number
  /** False where the kind has no status to wait for. */
  readonly hasStatus?: boolean
  /** The app's own rules, asked before the table. */
  readonly rules?: readonly HealthRuleEntry[] | undefined
  /** Leaves the table out: to see what the general rules know by themselves. */
  readonly withoutTable?: boolean
}

/** A rule that does not apply to what it sees returns `undefined`, and the next one is asked. */
export type HealthRule = (object: HealthView, context: HealthContext) => Verdict | undefined

/**
 * An object as rules read it: members of outside data of which nothing is promised, so every access is
 * guarded by the accessors below.
 */
export interface HealthView {
  readonly live: LiveObject
  readonly spec: Fields
  readonly status: Fields
  readonly conditions: readonly Condition[]
}

export type Fields = Readonly<Record<string, unknown>>

export interface Condition {
  readonly type: string
  readonly status: string
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number | undefined
  readonly severity: string
}

export const viewOf = (live: LiveObject): HealthView => {
  // Some controllers write one word where others write an object.
  const status = typeof live.status === 'string' ? { state: live.status } : fieldsOf(live.status)
  return { live, spec: fieldsOf(live.spec), status, conditions: conditionsOf(status.conditions) }
}

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

export const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : [])

export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined

/** Also of a number that was written as a text, as some controllers do with generations. */
export const countOf = (value: unknown): number | undefined =>
  typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : numberOf(value)

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** A list, as the API conventions have it, or a map from type to condition or to its status. */
export function conditionsOf(value: unknown): Condition[] {
  const list = Array.isArray(value) ? listOf(value) : Object.entries(fieldsOf(value)).map(namedCondition)
  // Some controllers append to the list as to a log: the last of a type is what holds.
  const latest = new Map(list.filter(({ type }) => typeof type === 'string').map((one) => [one.type, one]))
  return [...latest.values()].map((condition) => ({
    type: textOf(condition.type),
    status: capitalized(String(condition.status ?? '')),
    reason: textOf(condition.reason),
    message: textOf(condition.message),
    observedGeneration: countOf(condition.observedGeneration),
    severity: textOf(condition.severity),
  }))
}

const namedCondition = ([type, value]: [string, unknown]): Fields =>
  typeof value === 'object' && value !== null ? { type, ...value } : { type, status: value }

/** `true` and `"true"` are meant as `"True"`. */
const capitalized = (status: string): string => status.charAt(0).toUpperCase() + status.slice(1)

export const conditionOf = (view: HealthView, type: string): Condition | undefined =>
  view.conditions.find((condition) => condition.type === type)

/** What a condition says for itself: its message, else its reason, else its name. */
export const saidBy = ({ type, reason, message }: Condition): string => message || reason || type

/** Whether the controller has not yet seen the newest spec. */
export function isBehind({ live, status }: HealthView): boolean {
  const observed = countOf(status.observedGeneration)
  const generation = live.metadata.generation
  return observed !== undefined && generation !== undefined && observed < generation
}

const severity: readonly Verdict['status'][] = [
  'Healthy',
  'Suspended',
  'Progressing',
  'Unknown',
  'Missing',
  'Degraded',
]

/** The gravest of several, the first of equals. */
export const worst = (verdicts: readonly (Verdict | undefined)[]): Verdict | undefined =>
  verdicts.reduce(
    (found, one) =>
      found && (!one || severity.indexOf(found.status) >= severity.indexOf(one.status)) ? found : one,
    undefined,
  )
