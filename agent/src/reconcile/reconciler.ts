import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AppName,
  type Assignment,
  type Clock,
  limits,
  type Release,
  RoadsteadError,
  timeText,
} from '@roadstead/proto'
import { untilAborted } from '../ending.ts'
import type { AssignedRelease } from '../inbox/index.ts'
import type { AppRecord, Inventory } from '../inventory/index.ts'
import type { KubeClient } from '../kube/index.ts'
import type { Observer, Ownership } from '../observe/index.ts'
import type { Statement } from '../outbox/index.ts'
import { attributes, type Telemetry } from '../telemetry/index.ts'
import { applyObject } from './apply.ts'
import { retryDelayMs } from './backoff.ts'
import { contentOf, desire, scopeOfAssignment } from './desired.ts'
import { unmetDependencies } from './plan.ts'
import { createReporter, type Reporter } from './reporter.ts'
import { createSlots, type Slots } from './slots.ts'
import { failRun, reconcileApp, removeApp, type SpineEdges, scopes } from './spine.ts'
import type { AppFacts } from './status.ts'
import { type AppTask, newTask } from './task.ts'

export interface ReconcilerEdges {
  readonly kube: KubeClient
  readonly inventory: Inventory
  readonly observer: Observer
  readonly clock: Clock
  readonly random: () => number
  readonly telemetry: Telemetry
  readonly readRelease: (assigned: AssignedRelease, signal: AbortSignal) => Promise<Release>
  readonly report: (statement: Statement) => void
}

/** Requests to the API server under way at a time, over all apps. */
const requestsAtOnce = 12
/** Apps worked on at a time: each holds its release in memory. */
const appsAtOnce = 6
const recoverRetryMs = 500
const recoverRetryMaxMs = 15_000

/** Keeps this cluster as the last accepted assignment wants it. One task per app; tasks do not wait for each other unless they say so. */
export class Reconciler {
  readonly #edges: ReconcilerEdges
  readonly #tasks = new Map<AppName, AppTask>()
  readonly #owners = new Map<string, AppTask>()
  readonly #objectSlots: Slots = createSlots(requestsAtOnce)
  readonly #appSlots: Slots = createSlots(appsAtOnce)
  readonly #reporter: Reporter
  #assignment: Assignment | undefined
  #signal: AbortSignal | undefined
  #recovered = false
  #kindsTimer: NodeJS.Timeout | undefined

  constructor(edges: ReconcilerEdges) {
    this.#edges = edges
    this.#reporter = createReporter({
      ...edges,
      onSettled: (task) => this.#wakeDependents(task.app),
    })
  }

  /** Works until the signal is aborted. Nothing is touched before the inventory is known. */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal
    await this.#recover(signal)
    for (const record of this.#edges.inventory.records()) this.#taskOf(record.app)
    if (this.#assignment) this.assign(this.#assignment, undefined)
    this.#followKindsSoon()
    await untilAborted(signal)
    clearTimeout(this.#kindsTimer)
    this.#reporter.stop()
    for (const task of this.#tasks.values()) clearTimeout(task.timer)
  }

  /** Takes over an assignment that is accepted and durable; what runs for an older one is cancelled. */
  assign(assignment: Assignment, traceparent: string | undefined): void {
    this.#assignment = assignment
    if (!this.#recovered) return
    const listed = new Set(assignment.apps.map(({ app }) => app))
    for (const assigned of assignment.apps) {
      const task = this.#taskOf(assigned.app)
      const content = contentOf(assigned, assignment)
      task.assigned = assigned
      if (task.content !== content) {
        task.stop?.abort()
        task.content = content
        task.failures = 0
        task.traceparent = traceparent
      }
      if (task.record.since !== assigned.since) this.#advance(task.record, assigned.since, content)
      this.#reporter.changed(task)
      this.#kick(task, 0)
    }
    // The inbox refuses an empty assignment that does not mean to be empty; this is the second lock.
    if (assignment.apps.length === 0 && !assignment.allowEmpty) return
    for (const task of this.#tasks.values()) {
      if (listed.has(task.app) || task.phase === 'removed') continue
      task.stop?.abort()
      task.assigned = undefined
      task.content = ''
      task.traceparent = traceparent
      this.#kick(task, 0)
    }
  }

  /**
   * Applies one object as it is desired now; nothing where it is not desired any more.
   *
   * @throws RoadsteadError `dependency-unmet` while nobody has read yet what is desired
   */
  async correct(key: string, signal: AbortSignal): Promise<void> {
    const task = this.#ownerOf(key)
    if (!task?.assigned) return
    if (!task.desired) {
      throw new RoadsteadError('dependency-unmet', `the release of ${task.app} was not read yet`, {
        retry: 'retry',
      })
    }
    const object = task.desired.objects.get(key)
    if (!object) return
    const before = task.record.objects.get(key)
    const to = { record: task.record, ignore: task.record.policy.drift.ignore ?? [] }
    const edges = { ...this.#edges, slots: this.#objectSlots }
    await this.#objectSlots.run(() => applyObject(object, to, edges, signal))
    const after = task.record.objects.get(key)
    if (before?.uid !== after?.uid || before?.baseline !== after?.baseline) {
      await this.#edges.inventory.save(task.record)
    }
  }

  /** Who owns an object that is to be as we want it; what is merely kept is nobody's. */
  ownershipOf(key: string): Ownership | undefined {
    const task = this.#ownerOf(key)
    const object = task?.record.objects.get(key)
    if (!task?.assigned || !object || task.desired?.objects.has(key) === false) return undefined
    return { app: task.app, object, policy: task.record.policy }
  }

  *ownedKeys(apiVersion: string, kind: string): Generator<string> {
    for (const { record } of this.#tasks.values()) {
      for (const [key, object] of record.objects) {
        if (object.apiVersion === apiVersion && object.ref.kind === kind) yield key
      }
    }
  }

  /** Health or drift of an app's objects changed. */
  changed(app: AppName): void {
    const task = this.#tasks.get(app)
    if (task) this.#reporter.changed(task)
  }

  /** Says everything again. */
  repeat(): void {
    this.#reporter.repeat(this.#tasks.values())
  }

  /** What was last said of each app that is there. */
  statuses(): readonly AppFacts[] {
    return this.#reporter.said()
  }

  async #recover(signal: AbortSignal): Promise<void> {
    for (let waitMs = recoverRetryMs; !signal.aborted; waitMs = Math.min(waitMs * 2, recoverRetryMaxMs)) {
      try {
        await this.#edges.inventory.recover(signal)
        this.#recovered = true
        return
      } catch (error) {
        if (signal.aborted) return
        this.#edges.telemetry.trouble('reading the inventories in the cluster', error)
        await sleep(waitMs * (0.5 + this.#edges.random()), undefined, { signal }).catch(() => {})
      }
    }
  }

  #taskOf(app: AppName): AppTask {
    const known = this.#tasks.get(app)
    if (known && known.phase !== 'removed') return known
    const task = newTask(this.#edges.inventory.open(app))
    this.#tasks.set(app, task)
    return task
  }

  /** A generation that leaves the content as it is has reached what the one before it reached. */
  #advance(record: AppRecord, since: number, content: string): void {
    const carried = record.content === content && record.since !== 0
    const move = (milestone: AppRecord['applied']) =>
      carried && milestone?.generation === record.since ? { ...milestone, generation: since } : milestone
    record.applied = move(record.applied)
    record.healthy = move(record.healthy)
    record.accepted = { generation: since, at: timeText(this.#edges.clock.now()) }
    record.since = since
    const trouble = (error: unknown) => this.#edges.telemetry.trouble('saving an inventory', error)
    void this.#edges.inventory.save(record).catch(trouble)
  }

  #kick(task: AppTask, delayMs: number): void {
    const signal = this.#signal
    if (!signal || signal.aborted || !this.#recovered) return
    if (task.stop) {
      task.again = true
      return
    }
    clearTimeout(task.timer)
    task.timer = undefined
    if (delayMs > 0) task.timer = setTimeout(() => this.#kick(task, 0), delayMs)
    else if (this.#mayStart(task)) void this.#start(task, signal)
  }

  #mayStart(task: AppTask): boolean {
    if (!task.assigned) return task.phase !== 'removed'
    if (task.record.content === task.content) return true
    const unmet = unmetDependencies(task.assigned.dependsOn, (app) => this.#isSettled(app as AppName))
    if (unmet.length === 0) return true
    task.phase = 'waiting'
    const message = `waits for ${unmet.join(', ')} to be healthy`.slice(0, limits.messageChars)
    task.problems = new Map([['dependencies', { code: 'dependency-unmet', message }]])
    this.#reporter.changed(task)
    return false
  }

  #isSettled(app: AppName): boolean {
    const task = this.#tasks.get(app)
    if (!task?.assigned || task.record.content !== task.content) return false
    return (task.record.healthy?.generation ?? 0) >= task.assigned.since
  }

  #wakeDependents(app: AppName): void {
    for (const task of this.#tasks.values()) {
      if (task.phase === 'waiting' && task.assigned?.dependsOn.includes(app)) this.#kick(task, 0)
    }
  }

  async #start(task: AppTask, whole: AbortSignal): Promise<void> {
    const assignment = this.#assignment
    if (!assignment) return
    const stop = new AbortController()
    const signal = AbortSignal.any([whole, stop.signal])
    task.stop = stop
    task.again = false
    try {
      await this.#appSlots.run(() => this.#work(task, assignment, signal))
    } catch (error) {
      if (!signal.aborted) {
        failRun(task, error)
        this.#edges.telemetry.trouble(`reconciling ${task.app}`, error)
        this.#reporter.changed(task)
      }
    } finally {
      task.stop = undefined
    }
    if (whole.aborted) return
    if (task.again || stop.signal.aborted) this.#kick(task, 0)
    else this.#retryLater(task)
  }

  async #work(task: AppTask, assignment: Assignment, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const about = { [attributes.app]: task.app, [attributes.generation]: assignment.generation }
    const changed = task.record.content !== task.content
    const act = task.assigned ? reconcileApp : removeApp
    const work = () => act(task, assignment, this.#spineEdges(), signal)
    if (changed) await this.#edges.telemetry.within('agent apply', task.traceparent, about, work)
    else await work()
  }

  #spineEdges(): SpineEdges {
    return {
      ...this.#edges,
      slots: this.#objectSlots,
      claimedByOthers: (task) => this.#claimedByOthers(task),
      onChange: (task) => this.#reporter.changed(task),
      onKinds: () => this.#followKindsSoon(),
    }
  }

  /** Failed objects are tried again; a refused deletion waits for the next assignment. */
  #retryLater(task: AppTask): void {
    const problems = [...task.problems.values(), ...(task.assigned ? (task.desired?.problems ?? []) : [])]
    const worth = problems.filter(({ code }) => code !== 'deletion-budget')
    if (worth.length === 0) {
      task.failures = 0
      return
    }
    task.failures += 1
    this.#kick(task, retryDelayMs(task.failures, worth, this.#edges.random()))
  }

  async #claimedByOthers(task: AppTask): Promise<ReadonlySet<string>> {
    const claimed = new Set<string>()
    const assignment = this.#assignment
    const signal = this.#signal
    if (!assignment || !signal) return claimed
    for (const other of this.#tasks.values()) {
      if (other === task || !other.assigned) continue
      const current = other.desired && other.desiredContent === other.content
      const desired = current ? other.desired : await this.#foresee(other, assignment, signal)
      for (const key of desired?.objects.keys() ?? []) claimed.add(key)
      for (const key of desired?.unwritten ?? []) claimed.add(key)
    }
    return claimed
  }

  /** What an app that is still to be reconciled will consist of. */
  async #foresee(other: AppTask, assignment: Assignment, signal: AbortSignal) {
    if (!other.assigned) return undefined
    const release = await this.#edges.readRelease(other.assigned, signal)
    const namespaced = await scopes(release, this.#edges.kube, signal)
    return desire(other.app, release, scopeOfAssignment(assignment), namespaced)
  }

  #ownerOf(key: string): AppTask | undefined {
    const cached = this.#owners.get(key)
    if (cached?.desired?.objects.has(key) && cached.record.objects.has(key)) return cached
    let owner: AppTask | undefined
    for (const task of this.#tasks.values()) {
      if (!task.record.objects.has(key)) continue
      owner = task
      if (task.desired?.objects.has(key)) break
    }
    if (owner) this.#owners.set(key, owner)
    else this.#owners.delete(key)
    return owner
  }

  #followKindsSoon(): void {
    this.#kindsTimer ??= setTimeout(() => {
      this.#kindsTimer = undefined
      const kinds = new Map<string, { apiVersion: string; kind: string }>()
      for (const { record } of this.#tasks.values()) {
        for (const { apiVersion, ref, uid } of record.objects.values()) {
          if (uid !== '') kinds.set(`${apiVersion}/${ref.kind}`, { apiVersion, kind: ref.kind })
        }
      }
      this.#edges.observer.followKinds(kinds.values())
    }, 10)
  }
}
