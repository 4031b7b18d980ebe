import type { AppRecord } from '../inventory/index.ts'
import type { DesiredApp, DesiredObject } from './desired.ts'
import { lastStage } from './stages.ts'

export interface ApplyPlan {
  /** What differs from what was last applied, by stage; no empty stages. */
  readonly stages: readonly (readonly DesiredObject[])[]
  /** In the inventory and not desired any more: `decidePrune` has the say. */
  readonly stale: readonly string[]
}

/** Compares with what was last applied: an app of which nothing changed has no stages and needs no call. */
export function planApp(desired: DesiredApp, record: AppRecord): ApplyPlan {
  const stages: DesiredObject[][] = []
  for (const object of desired.objects.values()) {
    if (record.objects.get(object.key)?.applied === object.hash) continue
    const stage = stages[object.stage] ?? []
    stage.push(object)
    stages[object.stage] = stage
  }
  const spared = new Set(desired.unwritten)
  const stale = [...record.objects.keys()].filter((key) => !desired.objects.has(key) && !spared.has(key))
  return { stages: stages.slice(0, lastStage + 1).filter((stage) => stage !== undefined), stale }
}

/** The apps that an app waits for. What is not on this cluster can not be waited for, and holds it up. */
export function unmetDependencies(
  dependsOn: readonly string[],
  settledSince: (app: string) => boolean,
): readonly string[] {
  return dependsOn.filter((app) => !settledSince(app))
}
