import { type AppName, type DriftField, type DriftReport, type ObjectRef, timeText } from '@roadstead/proto'
import type { LiveObject } from '../../kube/index.ts'
import { culpritOf } from './attribution.ts'
import { type Difference, reportedFields } from './compare.ts'

/** What a drift report says, before the outbox numbers it. */
export type DriftFacts = Omit<DriftReport, 'boot' | 'seq' | 'at' | 'traceparent'>

/** Drift that is not over yet, by object. */
export interface DriftTracker {
  open(key: string): DriftFacts | undefined
  all(): ReadonlyMap<string, DriftFacts>
  /** Notes what differs now. @returns the facts if they are news */
  modified(
    key: string,
    where: { app: AppName; ref: ObjectRef },
    live: LiveObject,
    differences: readonly Difference[],
    nowMs: number,
  ): DriftFacts | undefined
  deleted(key: string, where: { app: AppName; ref: ObjectRef }, nowMs: number): DriftFacts | undefined
  fighting(key: string): DriftFacts | undefined
  /** @returns the last word on a drift that was open */
  close(key: string, state: 'corrected' | 'resolved', nowMs: number): DriftFacts | undefined
  /** Forgets without a word. */
  drop(key: string): void
  restore(facts: ReadonlyMap<string, DriftFacts>): void
}

export function createDriftTracker(): DriftTracker {
  const drifts = new Map<string, DriftFacts>()

  const note = (key: string, facts: DriftFacts): DriftFacts | undefined => {
    const before = drifts.get(key)
    drifts.set(key, facts)
    return before && sameDrift(before, facts) ? undefined : facts
  }

  const begin = (key: string, { app, ref }: { app: AppName; ref: ObjectRef }, nowMs: number) => {
    const before = drifts.get(key)
    return {
      kind: 'drift' as const,
      app,
      object: ref,
      state: 'open' as const,
      fight: before?.fight ?? false,
      detectedAt: before?.detectedAt ?? timeText(nowMs),
    }
  }

  return {
    open: (key) => drifts.get(key),
    all: () => drifts,
    modified(key, where, live, differences, nowMs) {
      const culprit = culpritOf(live, differences)
      return note(key, {
        ...begin(key, where, nowMs),
        change: 'modified',
        fields: reportedFields(differences),
        fieldCount: differences.length,
        ...(culprit ? { manager: culprit.manager.slice(0, 256) } : {}),
        ...(culprit?.at === undefined ? {} : { managerAt: culprit.at }),
      })
    },
    deleted: (key, where, nowMs) =>
      note(key, { ...begin(key, where, nowMs), change: 'deleted', fields: [], fieldCount: 0 }),
    fighting(key) {
      const facts = drifts.get(key)
      return facts && !facts.fight ? note(key, { ...facts, fight: true }) : undefined
    },
    close(key, state, nowMs) {
      const facts = drifts.get(key)
      drifts.delete(key)
      return facts && { ...facts, state, endedAt: timeText(nowMs) }
    },
    drop: (key) => void drifts.delete(key),
    restore(facts) {
      for (const [key, one] of facts) drifts.set(key, one)
    },
  }
}

function sameDrift(a: DriftFacts, b: DriftFacts): boolean {
  const same = a.change === b.change && a.fight === b.fight && a.manager === b.manager
  return same && a.fieldCount === b.fieldCount && sameFields(a.fields, b.fields)
}

const sameFields = (a: readonly DriftField[], b: readonly DriftField[]): boolean =>
  a.length === b.length &&
  a.every(({ path, live, desired }, index) => {
    const other = b[index]
    return other?.path === path && other.live === live && other.desired === desired
  })
