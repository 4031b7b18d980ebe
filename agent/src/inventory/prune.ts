import { type AppPolicy, policyDefaults } from '@roadstead/proto'
import type { OwnedObject } from './record.ts'

export interface PruneQuestion {
  /** All that the app owns, in the order of application. */
  readonly owned: readonly (readonly [key: string, object: OwnedObject])[]
  /** What it is to consist of from now on. */
  readonly desired: ReadonlySet<string>
  /** What other apps of the same cluster are to consist of. */
  readonly claimed: ReadonlySet<string>
  readonly policy: AppPolicy
  /** Objects that a person allowed to delete, whatever the budget; 0 without an approval. */
  readonly approvedObjects: number
}

export interface PrunePlan {
  /** To delete, the last applied first. */
  readonly doomed: readonly OwnedObject[]
  /** Leave the inventory without being deleted: another app has them now, or they never came to be. */
  readonly released: readonly string[]
  /** Kept in the cluster and in the inventory. */
  readonly retained: readonly { readonly object: OwnedObject; readonly why: RetainReason }[]
  /** Set when nothing is deleted because it would be too much. */
  readonly refusal: { readonly wanted: number; readonly allowed: number } | undefined
}

export type RetainReason = 'pruning-disabled' | 'protected-kind' | 'over-budget'

/**
 * What of an app's inventory is to be deleted. The budget is one decision for all of it: above it nothing
 * goes, because half a mistake is no better than a whole one.
 */
export function decidePrune(question: PruneQuestion): PrunePlan {
  const released: string[] = []
  const retained: { object: OwnedObject; why: RetainReason }[] = []
  const candidates: OwnedObject[] = []
  for (const [key, object] of question.owned) {
    if (question.desired.has(key)) continue
    const why = protection(object, question.policy)
    if (question.claimed.has(key)) released.push(key)
    else if (why) retained.push({ object, why })
    else candidates.push(object)
  }
  const allowed = Math.max(deletionBudget(question.policy, question.owned.length), question.approvedObjects)
  if (candidates.length <= allowed) {
    return { doomed: candidates.reverse(), released, retained, refusal: undefined }
  }
  retained.push(...candidates.map((object) => ({ object, why: 'over-budget' as const })))
  return { doomed: [], released, retained, refusal: { wanted: candidates.length, allowed } }
}

/** How many of an app's objects may go without an approval. */
export function deletionBudget(policy: AppPolicy, ownedObjects: number): number {
  const { objects, percent } = { ...policyDefaults.prune.budget, ...policy.prune.budget }
  return Math.max(objects, Math.floor((ownedObjects * percent) / 100))
}

function protection({ ref }: OwnedObject, { prune }: AppPolicy): RetainReason | undefined {
  const policy = { ...policyDefaults.prune, ...prune }
  if (!policy.enabled) return 'pruning-disabled'
  const isDefinition = ref.group === 'apiextensions.k8s.io' && ref.kind === 'CustomResourceDefinition'
  const isNamespace = ref.group === '' && ref.kind === 'Namespace'
  if (isDefinition && !policy.customResourceDefinitions) return 'protected-kind'
  if (isNamespace && !policy.namespaces) return 'protected-kind'
  return undefined
}
