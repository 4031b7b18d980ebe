import { type AppName, type AppPolicy, type Clock, policyDefaults } from '@roadstead/proto'
import type { OwnedObject } from '../inventory/index.ts'
import { groupOf, type KubeClient, type LiveObject } from '../kube/index.ts'
import { type Corrections, createCorrections } from './corrections.ts'
import { compare, createDriftTracker, type DriftFacts, unignored } from './drift/index.ts'
import { createExaminer } from './examiner.ts'
import { assessHealth, podOwnerKinds, type Verdict } from './health/index.ts'
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
  /** Applies the desired object again and calls `applied`; false when there is nothing to apply. */
  readonly correct: (key: string, signal: AbortSignal) => Promise<boolean>
  /** Health or drift of an app's objects is not what it was. */
  readonly onChange: (app: AppName) => void
  readonly onDrift: (facts: DriftFacts) => void
  readonly onTrouble: (error: unknown) => void
}

/** Sees what happens to the objects of this cluster: how they are, and who changes them. */
export interface Observer {
  run(signal: AbortSignal): Promise<void>
  /** Follows exactly these kinds from now on. */
  followKinds(kinds: Iterable<{ readonly apiVersion: string; readonly kind: string }>): void
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

export function createObserver(edges: ObserverEdges): Observer {
  const { kube, clock } = edges
  const verdicts = new Map<string, Verdict>()
  /** The version our last write produced; an older event tells of the time before it. */
  const versions = new Map<string, string>()
  const writing = new Map<string, LiveObject | 'left' | undefined>()
  const drifts = createDriftTracker()
  const followed = new Map<string, AbortController>()
  let running: AbortSignal | undefined

  const corrections: Corrections = createCorrections({
    ...edges,
    onFight(key) {
      const facts = drifts.fighting(key)
      if (facts) edges.onDrift(facts)
    },
  })
  const examiner = createExaminer({
    kube,
    random: edges.random,
    onVerdict: (key, verdict) => setVerdict(key, verdict),
  })

  const setVerdict = (key: string, verdict: Verdict): void => {
    const before = verdicts.get(key)
    verdicts.set(key, verdict)
    if (before?.status === verdict.status && before.reason === verdict.reason) return
    const owner = edges.ownershipOf(key)
    if (owner) edges.onChange(owner.app)
  }

  const assess = (key: string, live: LiveObject): void => {
    const verdict = assessHealth(live, { nowMs: clock.now() })
    const examined = podOwnerKinds.has(`${groupOf(live.apiVersion)}/${live.kind}`)
    if (examined && verdict.status === 'Progressing') {
      // What the Pods said stands until they are looked at again: no flicker between two looks.
      if (verdicts.get(key)?.status !== 'Degraded') setVerdict(key, verdict)
      examiner.examine(key, live)
    } else {
      examiner.forget(key)
      setVerdict(key, verdict)
    }
  }

  const noteDrift = (owner: Ownership, key: string, facts: DriftFacts | undefined): void => {
    if (facts) {
      edges.onDrift(facts)
      edges.onChange(owner.app)
    }
    const policy = owner.policy.drift.policy ?? policyDefaults.drift.policy
    if (policy === 'correct') corrections.schedule(key)
  }

  const closeDrift = (key: string, app: AppName, state: 'corrected' | 'resolved'): void => {
    corrections.cancel(key)
    const facts = drifts.close(key, state, clock.now())
    if (!facts) return
    edges.onDrift(facts)
    edges.onChange(app)
  }

  const seen = (key: string, live: LiveObject): void => {
    const owner = edges.ownershipOf(key)
    if (!owner) return
    if (writing.has(key)) return void writing.set(key, live)
    if (isOlder(live.metadata.resourceVersion, versions.get(key))) return
    assess(key, live)
    const { baseline, ref } = owner.object
    // An object on its way out is looked at again when it is gone.
    if (baseline === undefined || live.metadata.deletionTimestamp !== undefined) return
    const rules = owner.policy.drift.ignore ?? []
    const differences = unignored(compare(baseline, live), ref, live, rules)
    if (differences.length === 0) {
      closeDrift(key, owner.app, 'resolved')
      return
    }
    const where = { app: owner.app, ref }
    noteDrift(owner, key, drifts.modified(key, where, live, differences, clock.now()))
  }

  /** An object that left the selection is either gone or has lost its label: only a look tells. */
  const left = async (key: string): Promise<void> => {
    const owner = edges.ownershipOf(key)
    if (!owner || owner.object.uid === '' || !running) return
    if (writing.has(key)) return void writing.set(key, 'left')
    const { apiVersion, ref } = owner.object
    try {
      const live = await kube.get(
        { apiVersion, kind: ref.kind, namespace: ref.namespace, name: ref.name },
        running,
      )
      if (live) return seen(key, live)
    } catch (error) {
      // Not knowing is not missing; the next list tells.
      return edges.onTrouble(error)
    }
    if (writing.has(key) || edges.ownershipOf(key)?.object !== owner.object) return
    examiner.forget(key)
    setVerdict(key, { status: 'Missing', reason: 'the object was deleted', rule: 'missing' })
    noteDrift(owner, key, drifts.deleted(key, { app: owner.app, ref }, clock.now()))
  }

  const start = (apiVersion: string, kind: string, signal: AbortSignal): void => {
    const stop = new AbortController()
    followed.set(`${apiVersion}/${kind}`, stop)
    const watcher = {
      ...edges,
      onSeen: seen,
      onLeft: (key: string) => void left(key),
      onListed(keys: ReadonlySet<string>) {
        for (const key of edges.ownedKeys(apiVersion, kind)) if (!keys.has(key)) void left(key)
      },
    }
    void follow(apiVersion, kind, watcher, AbortSignal.any([signal, stop.signal]))
  }

  const release = (key: string): void => {
    const missed = writing.get(key)
    writing.delete(key)
    if (missed === 'left') void left(key)
    else if (missed) seen(key, missed)
  }

  return {
    async run(signal) {
      running = signal
      await Promise.all([corrections.run(signal), examiner.run(signal)])
    },
    followKinds(kinds) {
      const wanted = new Map<string, { apiVersion: string; kind: string }>(
        [...kinds].map((one) => [`${one.apiVersion}/${one.kind}`, one] as const),
      )
      for (const [name, stop] of followed) {
        if (wanted.has(name)) continue
        stop.abort()
        followed.delete(name)
      }
      for (const [name, { apiVersion, kind }] of wanted) {
        if (!followed.has(name) && running) start(apiVersion, kind, running)
      }
    },
    busy: (key) => {
      if (!writing.has(key)) writing.set(key, undefined)
    },
    idle: release,
    applied(key, live) {
      versions.set(key, live.metadata.resourceVersion ?? '')
      const owner = edges.ownershipOf(key)
      if (owner) closeDrift(key, owner.app, corrections.finished(key, clock.now()) ? 'corrected' : 'resolved')
      assess(key, live)
      release(key)
    },
    verdictOf: (key) => verdicts.get(key),
    openDrifts: () => drifts.all(),
    restoreDrifts: (facts) => drifts.restore(facts),
    forget(key) {
      for (const map of [verdicts, versions, writing]) map.delete(key)
      examiner.forget(key)
      corrections.cancel(key)
      drifts.drop(key)
    },
  }
}

/** Versions are numbers on every API server there is; where they are not, nothing counts as older. */
function isOlder(version: string | undefined, than: string | undefined): boolean {
  if (!version || !than || !/^\d+$/.test(version) || !/^\d+$/.test(than)) return false
  return BigInt(version) < BigInt(than)
}
