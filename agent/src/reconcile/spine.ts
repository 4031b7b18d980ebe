import {
  type Assignment,
  type Clock,
  codeOf,
  objectRefText,
  type Problem,
  type Release,
  timeText,
} from '@roadstead/proto'
import type { AssignedRelease } from '../inbox/index.ts'
import { decidePrune, type Inventory } from '../inventory/index.ts'
import { type KubeClient, refKey } from '../kube/index.ts'
import type { Observer } from '../observe/index.ts'
import type { Telemetry } from '../telemetry/index.ts'
import { applyStage } from './apply.ts'
import { type DesiredApp, desire, type ScopeOf, scopeOfAssignment } from './desired.ts'
import { planApp } from './plan.ts'
import { problemOf } from './problem.ts'
import { prune } from './prune.ts'
import type { Slots } from './slots.ts'
import type { AppTask } from './task.ts'

export interface SpineEdges {
  readonly kube: KubeClient
  readonly inventory: Inventory
  readonly observer: Observer
  readonly slots: Slots
  readonly clock: Clock
  readonly telemetry: Telemetry
  readonly readRelease: (assigned: AssignedRelease, signal: AbortSignal) => Promise<Release>
  /** Keys that the other apps of the assignment are to consist of, as far as they can be known. */
  readonly claimedByOthers: (task: AppTask) => Promise<ReadonlySet<string>>
  /** The task's state is news. */
  readonly onChange: (task: AppTask) => void
  /** The kinds there are objects of may have changed. */
  readonly onKinds: () => void
}

/**
 * Brings one app to what the assignment says of it: fetch → plan → apply → prune → report. Health follows
 * by what the observer sees. Throws when it was cancelled or could not even begin; what goes wrong with
 * single objects ends up in `task.problems`.
 */
export async function reconcileApp(
  task: AppTask,
  assignment: Assignment,
  edges: SpineEdges,
  signal: AbortSignal,
): Promise<void> {
  const desired = await fetchDesired(task, assignment, edges, signal)
  const plan = planApp(desired, task.record)
  const busy = plan.stages.length > 0 || plan.stale.length > 0
  if (plan.stages.length > 0) enter(task, 'applying', edges)
  if (plan.stages.length > 0) await claim(task, plan.stages, edges, signal)
  const problems = await applyAll(task, plan.stages, edges, signal)
  // What is to replace an object may be what failed: until all of it is there, nothing goes.
  if (problems.size === 0 && desired.problems.length === 0) {
    const refused = await pruneStale(task, desired.objects, assignment, edges, signal)
    for (const [key, problem] of refused) problems.set(key, problem)
  }
  signal.throwIfAborted()
  settle(task, problems, desired, edges.clock)
  if (busy || task.record.content !== task.content) await remember(task, edges, signal)
  edges.onKinds()
  edges.onChange(task)
}

/** Takes an app that the assignment does not list out of the cluster, within its budget. */
export async function removeApp(
  task: AppTask,
  assignment: Assignment,
  edges: SpineEdges,
  signal: AbortSignal,
): Promise<void> {
  enter(task, 'removing', edges)
  const problems = await pruneStale(task, new Map(), assignment, edges, signal)
  signal.throwIfAborted()
  task.problems = new Map(problems)
  if (problems.size > 0) {
    await edges.inventory.save(task.record)
    edges.onChange(task)
    return
  }
  // What its policy or a mark protects stays in the cluster and is nobody's from now on.
  for (const key of task.record.objects.keys()) edges.observer.forget(key)
  task.record.objects.clear()
  await edges.inventory.forget(task.app, signal)
  task.phase = 'removed'
  edges.onKinds()
  edges.onChange(task)
}

async function fetchDesired(
  task: AppTask,
  assignment: Assignment,
  edges: SpineEdges,
  signal: AbortSignal,
): Promise<DesiredApp> {
  if (task.desired && task.desiredContent === task.content) return task.desired
  const { assigned } = task
  if (!assigned) throw new Error(`app ${task.app} is not assigned`)
  const release = await edges.readRelease(assigned, signal)
  const desired = desire(
    task.app,
    release,
    scopeOfAssignment(assignment),
    await scopes(release, edges.kube, signal),
  )
  task.desired = desired
  task.desiredContent = task.content
  task.record.policy = assigned.policy
  task.record.release = assigned.release
  return desired
}

/** Asks for the scope of each kind of a release once. What is not served is left to the release's own CRDs. */
export async function scopes(release: Release, kube: KubeClient, signal: AbortSignal): Promise<ScopeOf> {
  const found = new Map<string, boolean | undefined>()
  for (const { apiVersion, kind } of release.objects) {
    const name = `${apiVersion}/${kind}`
    if (found.has(name)) continue
    const resource = await kube.resourceOf(apiVersion, kind, signal).catch((error: unknown) => {
      if (codeOf(error) === 'kind-unknown') return undefined
      throw error
    })
    found.set(name, resource?.namespaced)
  }
  return (apiVersion, kind) => found.get(`${apiVersion}/${kind}`)
}

/**
 * Writes down what is about to exist, before it does, and that what is about to change is in doubt: a crash
 * in between must neither orphan an object nor take our own half-done work for somebody's drift.
 */
async function claim(
  task: AppTask,
  stages: ReturnType<typeof planApp>['stages'],
  { inventory }: SpineEdges,
  signal: AbortSignal,
): Promise<void> {
  const { record } = task
  const doubtful = new Set<string>()
  let isNew = false
  for (const { key, ref, apiVersion } of stages.flat()) {
    doubtful.add(key)
    if (record.objects.has(key)) continue
    isNew = true
    record.objects.set(key, { ref, apiVersion, uid: '', applied: '' })
  }
  await inventory.save(record, doubtful)
  if (isNew) await inventory.publish(record, signal)
}

async function applyAll(
  task: AppTask,
  stages: ReturnType<typeof planApp>['stages'],
  edges: SpineEdges,
  signal: AbortSignal,
): Promise<Map<string, Problem>> {
  const problems = new Map<string, Problem>()
  const to = { record: task.record, ignore: task.record.policy.drift.ignore ?? [] }
  for (const stage of stages) {
    for (const [key, problem] of await applyStage(stage, to, edges, signal)) {
      problems.set(key, problem)
      edges.telemetry.objectFailed(task.app, problem.object ? objectRefText(problem.object) : key, problem)
    }
  }
  return problems
}

async function pruneStale(
  task: AppTask,
  desired: ReadonlyMap<string, unknown>,
  assignment: Assignment,
  edges: SpineEdges,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Problem>> {
  const { record } = task
  const spared = task.assigned ? (task.desired?.unwritten ?? []) : []
  const wanted = new Set([...desired.keys(), ...spared])
  if ([...record.objects.keys()].every((key) => wanted.has(key))) {
    task.retained = 0
    return new Map()
  }
  const approval = assignment.deletionApprovals.find(({ app }) => app === task.app)
  const plan = decidePrune({
    owned: [...record.objects],
    desired: wanted,
    claimed: await edges.claimedByOthers(task),
    policy: record.policy,
    approvedObjects: approval?.maxObjects ?? 0,
  })
  // What is only kept is not enforced any more: whatever becomes of it is no drift.
  for (const { object } of plan.retained) edges.observer.forget(refKey(object.ref))
  const outcome = await prune(plan, record, edges, signal)
  task.retained = outcome.retained
  edges.telemetry.pruned(task.app, outcome.deleted, outcome.retained)
  return outcome.problems
}

function settle(task: AppTask, problems: Map<string, Problem>, desired: DesiredApp, clock: Clock): void {
  const { record } = task
  task.problems = problems
  // An object that should be gone and is not is as much of a failure as one that was not written.
  const failed = desired.problems.length > 0 || problems.size > 0
  task.phase = failed ? 'failed' : 'applied'
  // Once the kind is served, its scope decides what the object is called.
  if ([...problems.values()].some(({ code }) => code === 'kind-unknown')) task.desiredContent = ''
  if (failed || record.applied?.generation === record.since) return
  record.applied = { generation: record.since, at: timeText(clock.now()) }
}

/** The inventory as it is now; the copy in the cluster may lag, because it serves deletion only. */
async function remember(
  task: AppTask,
  { inventory, telemetry }: SpineEdges,
  signal: AbortSignal,
): Promise<void> {
  if (task.phase === 'applied') task.record.content = task.content
  await inventory.save(task.record)
  await inventory.publish(task.record, signal).catch((error: unknown) => {
    signal.throwIfAborted()
    telemetry.trouble('publishing an inventory', error)
  })
}

function enter(task: AppTask, phase: AppTask['phase'], edges: SpineEdges): void {
  if (task.phase === phase) return
  task.phase = phase
  edges.onChange(task)
}

/** A run that could not begin: the API server is away, or the release can not be read. */
export function failRun(task: AppTask, error: unknown): void {
  task.problems = new Map([['run', problemOf(error)]])
  if (task.phase !== 'removing') task.phase = 'failed'
}
