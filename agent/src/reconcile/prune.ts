import { codeOf, objectRefText, type Problem } from '@roadstead/proto'
import type { AppRecord, OwnedObject, PrunePlan, RetainReason } from '../inventory/index.ts'
import { type KubeClient, type LiveObject, refKey } from '../kube/index.ts'
import type { Observer } from '../observe/index.ts'
import { appLabel } from './desired.ts'
import { problemOf } from './problem.ts'
import type { Slots } from './slots.ts'
import { stageOf } from './stages.ts'

export interface PruneEdges {
  readonly kube: KubeClient
  readonly observer: Observer
  readonly slots: Slots
}

export interface PruneOutcome {
  readonly deleted: number
  readonly retained: number
  readonly problems: ReadonlyMap<string, Problem>
}

/** On an object, as a label or an annotation: never delete it. */
export const pruneMark = 'roadstead.dev/prune'

/**
 * Carries out what `decidePrune` allowed, webhooks first and definitions last. Each object is looked at
 * once more before it is deleted: what carries our mark against it, belongs to another app by now, or is
 * another object of the same name, stays.
 */
export async function prune(
  plan: PrunePlan,
  record: AppRecord,
  edges: PruneEdges,
  signal: AbortSignal,
): Promise<PruneOutcome> {
  const problems = new Map<string, Problem>()
  let deleted = 0
  let kept = 0
  const forget = (key: string) => {
    record.objects.delete(key)
    edges.observer.forget(key)
  }
  for (const key of plan.released) record.objects.delete(key)

  const remove = async (object: OwnedObject): Promise<void> => {
    const key = refKey(object.ref)
    try {
      const fate = await edges.slots.run(() => removeObject(object, record.app, edges.kube, signal))
      if (fate === 'kept') kept += 1
      else forget(key)
      if (fate === 'deleted') deleted += 1
    } catch (error) {
      signal.throwIfAborted()
      problems.set(key, problemOf(error, object.ref))
    }
  }
  for (const stage of byStage(plan.doomed)) await Promise.all(stage.map(remove))
  if (plan.refusal) problems.set('deletion-budget', refusalProblem(plan.refusal, plan.retained))
  return { deleted, retained: plan.retained.length + kept, problems }
}

async function removeObject(
  { ref, apiVersion, uid }: OwnedObject,
  app: string,
  kube: KubeClient,
  signal: AbortSignal,
): Promise<'deleted' | 'gone' | 'kept'> {
  const key = { apiVersion, kind: ref.kind, namespace: ref.namespace, name: ref.name }
  const live = await kube.get(key, signal).catch(noneOfUnknownKind)
  if (!live) return 'gone'
  if (isMarked(live)) return 'kept'
  const another = uid !== '' && live.metadata.uid !== uid
  const owner = live.metadata.labels?.[appLabel]
  if (another && owner !== app) return 'gone'
  // An object that was never confirmed as ours is ours only if it says so.
  if ((uid === '' || owner !== undefined) && owner !== app) return 'gone'
  const fate = await kube.delete(key, live.metadata.uid, signal)
  return fate === 'deleted' ? 'deleted' : 'gone'
}

/** With a definition the API server deletes all of its objects. */
function noneOfUnknownKind(error: unknown): undefined {
  if (codeOf(error) === 'kind-unknown') return undefined
  throw error
}

const isMarked = ({ metadata }: LiveObject): boolean =>
  metadata.annotations?.[pruneMark] === 'disabled' || metadata.labels?.[pruneMark] === 'disabled'

/** The last stage first; `doomed` is already in reverse order within each. */
function byStage(doomed: readonly OwnedObject[]): OwnedObject[][] {
  const stages = new Map<number, OwnedObject[]>()
  for (const object of doomed) {
    const stage = stageOf(object.ref)
    stages.set(stage, [...(stages.get(stage) ?? []), object])
  }
  return [...stages].sort(([a], [b]) => b - a).map(([, objects]) => objects)
}

function refusalProblem(
  { wanted, allowed }: NonNullable<PrunePlan['refusal']>,
  retained: readonly { object: OwnedObject; why: RetainReason }[],
): Problem {
  const spared = retained.filter(({ why }) => why === 'over-budget').slice(0, 5)
  const names = spared.map(({ object }) => objectRefText(object.ref)).join(', ')
  return {
    code: 'deletion-budget',
    message:
      `${wanted} objects would be deleted and the budget is ${allowed}; nothing was. ` +
      `Approve the deletion in the fleet repository, or put them back. Among them: ${names}`.slice(0, 1_800),
  }
}
