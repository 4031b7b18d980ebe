import type { Json } from '../schema/schema.ts'
import type { KubeObject } from '../store/object.ts'

export interface Condition extends Json {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
}

/**
 * Conditions with one of them set; its transition time moves only when its status does.
 * `updated` also keeps lastUpdateTime, as Deployments do.
 */
export function withCondition(
  conditions: unknown,
  condition: Condition,
  now: string,
  updated = false,
): readonly Condition[] {
  const all = Array.isArray(conditions) ? (conditions as Condition[]) : []
  const index = all.findIndex((one) => one.type === condition.type)
  const known = all[index]
  const same = known?.status === condition.status
  const unchanged = same && known.reason === condition.reason && known.message === condition.message
  if (known && unchanged) return all
  const next: Condition = {
    ...condition,
    lastTransitionTime: same ? (known?.lastTransitionTime ?? now) : now,
    ...(updated ? { lastUpdateTime: now } : {}),
  }
  return index < 0 ? [...all, next] : all.with(index, next)
}

export const conditionOf = (object: KubeObject, type: string): Condition | undefined => {
  const conditions = (object.status as { conditions?: Condition[] } | undefined)?.conditions
  return conditions?.find((one) => one.type === type)
}

export const isTrue = (object: KubeObject, type: string): boolean =>
  conditionOf(object, type)?.status === 'True'
