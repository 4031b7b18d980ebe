import { type AppName, type AppPolicy, type Clock, policyDefaults } from '@roadstead/proto'
import type { OwnedObject } from '../inventory/index.ts'
import type { KubeClient, LiveObject } from '../kube/index.ts'
import { type Corrections, createCorrections } from './corrections.ts'
import { compare, createDriftTracker, type DriftFacts, unignored } from './drift/index.ts'
import { createExaminer, type Examiner, isWorthExamining } from './examiner.ts'
import { assessHealth, type HealthContext, type Verdict } from './health/index.ts'
import { follow } from './watcher.ts'

/** What the observer has to know of an object that it sees. */
export interface Ownership {
  readonly app: AppName
  readonly object: OwnedObject
  readonly policy: AppPolicy
}

export interface ObserverEdges {
  readonly kube: KubeClient
  readonly clock: Clock
  readonly random: () => number
  /** Selects what is ours. */
  readonly selector: string
  readonly ownershipOf: (key: string) => Ownership | undefined
  readonly ownedKeys: (apiVersion: string, kind: string) => Iterable<string>
  /** Applies the desired object again and calls `applied`; does nothing where it is not desired any more. */
  readonly correct: (key: string, signal: AbortSignal) => Promise<void>
  /** Health or drift of an app's objects is not what it was. */
  readonly onChange: (app: AppName) => void
  readonly onDrift: (facts: DriftFacts) => void
  readonly onTrouble: (error: unknown) => void
}

export interface FollowedKind {
  readonly apiVersion: string
  readonly kind: string
}

/** Sees what happens to the objects of this cluster: how they are, and who changes them. */
export interface Observer {
  run(signal: AbortSignal): Promise<void>
  /** Follows exactly these kinds from now on. */
  followKinds(kinds: Iterable<FollowedKind>): void
  /** An object is about to be written: what is seen of it until `applied` or `idle` waits. */
  busy(key: string): void
  idle(key: string): void
  /** The answer to a write of ours. The owner's baseline is already the new one. */
  applied(key: string, live: LiveObject): void
  verdictOf(key: string): Verdict | undefined
  openDrifts(): ReadonlyMap<string, DriftFacts>
  restoreDrifts(drifts: ReadonlyMap<string, DriftFacts>): void
  /** An object is not ours any more. */
  forget(key: string): void
}

export const createObserver = (edges: ObserverEdges): Observer => new WatchingObserver(edges)

class WatchingObserver implements Observer {
  readonly #edges: ObserverEdges
  readonly #verdicts = new Map<string, Verdict>()
  /** The version our last write produced; an older event tells of the time before it. */
  readonly #versions = new Map<string, string>()
  /** Objects that are being written, with what was seen of them meanwhile. */
  readonly #writing = new Map<string, LiveObject | 'left' | undefined>()
  readonly #followed = new Map<string, AbortController>()
  readonly #drifts = createDriftTracker()
  readonly #corrections: Corrections
  readonly #examiner: Examiner
  #running: AbortSignal | undefined

  constructor(edges: ObserverEdges) {
    this.#edges = edges
    this.#corrections = createCorrections({ ...edges, onFight: (key) => this.#noteFight(key) })
    const onVerdict = (key: string, verdict: Verdict) => this.#setVerdict(key, verdict)
    this.#examiner = createExaminer({ ...edges, rulesOf: (key) => this.#rulesOf(key), onVerdict })
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#running = signal
    await Promise.all([this.#corrections.run(signal), this.#examiner.run(signal)])
  }

  followKinds(kinds: Iterable<FollowedKind>): void {
    const wanted = new Map<string, FollowedKind>()
    for (const kind of kinds) wanted.set(`${kind.apiVersion}/${kind.kind}`, kind)
    for (const [name, stop] of this.#followed) {
      if (wanted.has(name)) continue
      stop.abort()
      this.#followed.delete(name)
    }
    for (const [name, kind] of wanted) if (!this.#followed.has(name)) this.#follow(name, kind)
  }

  busy(key: string): void {
    if (!this.#writing.has(key)) this.#writing.set(key, undefined)
  }

  idle(key: string): void {
    const missed = this.#writing.get(key)
    this.#writing.delete(key)
    if (missed === 'left') void this.#left(key)
    else if (missed) this.#seen(key, missed)
  }

  applied(key: string, live: LiveObject): void {
    this.#versions.set(key, live.metadata.resourceVersion ?? '')
    const owner = this.#edges.ownershipOf(key)
    const corrected = this.#corrections.finished(key, this.#edges.clock.now())
    if (owner) this.#closeDrift(key, owner.app, corrected ? 'corrected' : 'resolved')
    this.#assess(key, live)
    this.idle(key)
  }

  verdictOf(key: string): Verdict | undefined {
    return this.#verdicts.get(key)
  }

  openDrifts(): ReadonlyMap<string, DriftFacts> {
    return this.#drifts.all()
  }

  restoreDrifts(drifts: ReadonlyMap<string, DriftFacts>): void {
    this.#drifts.restore(drifts)
  }

  forget(key: string): void {
    for (const map of [this.#verdicts, this.#versions, this.#writing]) map.delete(key)
    this.#examiner.forget(key)
    this.#corrections.cancel(key)
    const owner = this.#drifts.open(key)?.app
    if (owner !== undefined) this.#closeDrift(key, owner, 'resolved')
  }

  #follow(name: string, { apiVersion, kind }: FollowedKind): void {
    if (!this.#running) return
    const stop = new AbortController()
    this.#followed.set(name, stop)
    const watcher = {
      ...this.#edges,
      onSeen: (key: string, live: LiveObject) => this.#seen(key, live),
      onLeft: (key: string) => void this.#left(key),
      onListed: (keys: ReadonlySet<string>) => {
        for (const key of this.#edges.ownedKeys(apiVersion, kind)) if (!keys.has(key)) void this.#left(key)
      },
    }
    void follow(apiVersion, kind, watcher, AbortSignal.any([this.#running, stop.signal]))
  }

  #seen(key: string, live: LiveObject): void {
    const owner = this.#edges.ownershipOf(key)
    if (!owner) return
    if (this.#writing.has(key)) {
      this.#writing.set(key, live)
      return
    }
    if (isOlder(live.metadata.resourceVersion, this.#versions.get(key))) return
    this.#assess(key, live)
    const { baseline, ref } = owner.object
    // An object on its way out is looked at again when it is gone.
    if (baseline === undefined || live.metadata.deletionTimestamp !== undefined) return
    const rules = owner.policy.drift.ignore ?? []
    const differences = unignored(compare(baseline, live), ref, live, rules)
    if (differences.length === 0) {
      this.#closeDrift(key, owner.app, 'resolved')
      return
    }
    const where = { app: owner.app, ref }
    this.#noteDrift(owner, key, this.#drifts.modified(key, where, live, differences, this.#edges.clock.now()))
  }

  /** An object that left the selection is either gone or has lost its label: only a look tells. */
  async #left(key: string): Promise<void> {
    const owner = this.#edges.ownershipOf(key)
    if (!owner || owner.object.uid === '' || !this.#running) return
    if (this.#writing.has(key)) {
      this.#writing.set(key, 'left')
      return
    }
    const { apiVersion, ref } = owner.object
    const { kind, namespace, name } = ref
    try {
      const live = await this.#edges.kube.get({ apiVersion, kind, namespace, name }, this.#running)
      if (live) return this.#seen(key, live)
    } catch (error) {
      // Not knowing is not missing; the next list tells.
      if (!this.#running.aborted) this.#edges.onTrouble(error)
      return
    }
    if (this.#writing.has(key) || this.#edges.ownershipOf(key)?.object !== owner.object) return
    this.#examiner.forget(key)
    this.#setVerdict(key, { status: 'Missing', reason: 'the object was deleted', rule: 'missing' })
    this.#noteDrift(owner, key, this.#drifts.deleted(key, { app: owner.app, ref }, this.#edges.clock.now()))
  }

  #assess(key: string, live: LiveObject): void {
    const { clock, kube } = this.#edges
    const hasStatus = kube.knownResource(live.apiVersion, live.kind)?.hasStatus ?? true
    const verdict = assessHealth(live, { nowMs: clock.now(), hasStatus, rules: this.#rulesOf(key) })
    if (verdict.status !== 'Progressing' || !isWorthExamining(live, verdict)) {
      this.#examiner.forget(key)
      this.#setVerdict(key, verdict)
      return
    }
    // What the Pods said stands until they are looked at again: no flicker between two looks.
    if (this.#verdicts.get(key)?.status !== 'Degraded') this.#setVerdict(key, verdict)
    this.#examiner.examine(key, live)
  }

  #rulesOf(key: string): HealthContext['rules'] {
    return this.#edges.ownershipOf(key)?.policy.health.rules
  }

  #setVerdict(key: string, verdict: Verdict): void {
    const before = this.#verdicts.get(key)
    this.#verdicts.set(key, verdict)
    if (before?.status === verdict.status && before.reason === verdict.reason) return
    const owner = this.#edges.ownershipOf(key)
    if (owner) this.#edges.onChange(owner.app)
  }

  #noteDrift(owner: Ownership, key: string, news: DriftFacts | undefined): void {
    if (news) {
      this.#edges.onDrift(news)
      this.#edges.onChange(owner.app)
    }
    const policy = owner.policy.drift.policy ?? policyDefaults.drift.policy
    if (policy === 'correct') this.#corrections.schedule(key)
  }

  #noteFight(key: string): void {
    const news = this.#drifts.fighting(key)
    if (news) this.#edges.onDrift(news)
  }

  #closeDrift(key: string, app: AppName, state: 'corrected' | 'resolved'): void {
    this.#corrections.cancel(key)
    const last = this.#drifts.close(key, state, this.#edges.clock.now())
    if (!last) return
    this.#edges.onDrift(last)
    this.#edges.onChange(app)
  }
}

/** Versions are numbers on every API server there is; where they are not, nothing counts as older. */
function isOlder(version: string | undefined, than: string | undefined): boolean {
  if (!version || !than || !/^\d+$/.test(version) || !/^\d+$/.test(than)) return false
  return BigInt(version) < BigInt(than)
}
