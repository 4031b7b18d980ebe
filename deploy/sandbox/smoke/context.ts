import type { WorkingTree } from '@roadstead/test/harness'
import { push } from '../fleet/index.ts'
import type { Sandbox } from '../sandbox.ts'
import { waitUntilSettled } from '../settle.ts'
import type { ClusterClient } from './cluster.ts'
import type { Result } from './result.ts'
import { APP, setTag } from './storefront.ts'

/** What every step of the smoke run has at hand. */
export interface Context {
  readonly sandbox: Sandbox
  readonly clone: WorkingTree
  readonly clusters: readonly ClusterClient[]
  readonly signal: AbortSignal
  /** The fleet's environment of each cluster. */
  readonly environmentOf: ReadonlyMap<string, string>
}

/** One step: what it measured. A throw is a failure of the whole run. */
export type SmokeStep = (context: Context) => Promise<readonly Result[]>

export interface Pushed {
  readonly beganMs: number
  readonly pushedMs: number
}

const SETTLE_DEADLINE_MS = 20_000

export function clusterNamed({ clusters }: Context, name: string): ClusterClient {
  const found = clusters.find((cluster) => cluster.name === name)
  if (found === undefined) throw new Error(`the sample fleet has no cluster ${name}`)
  return found
}

/** Commits another image tag of the storefront for some environments, and times the push. */
export async function pushTag(
  { clone }: Context,
  environments: readonly string[],
  tag: string,
): Promise<Pushed> {
  setTag(clone.directory, environments, tag)
  await clone.commit(`${APP}: ${tag} for ${environments.join(', ')}`)
  const beganMs = performance.now()
  await push(clone)
  return { beganMs, pushedMs: performance.now() }
}

/** @returns when, by our clock, the API said that every cluster runs the newest commit, healthy */
export async function settled({ sandbox, signal }: Context): Promise<number> {
  const health = await waitUntilSettled(sandbox.api, { deadlineMs: SETTLE_DEADLINE_MS, everyMs: 40, signal })
  if (health !== undefined) return performance.now()
  throw new Error(`the fleet was not healthy on the newest commit within ${SETTLE_DEADLINE_MS / 1_000} s`)
}
