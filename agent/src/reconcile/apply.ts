import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DriftIgnore,
  type Json,
  type KubernetesObject,
  type Problem,
  parseJson,
  RoadsteadError,
} from '@roadstead/proto'
import type { AppRecord, OwnedObject } from '../inventory/index.ts'
import type { KubeClient, LiveObject } from '../kube/index.ts'
import { assessHealth, baselineOf, type Observer } from '../observe/index.ts'
import type { DesiredObject } from './desired.ts'
import { keepIgnored, rulesFor } from './keep.ts'
import { problemOf } from './problem.ts'
import { mayRecreate, recreate } from './recreate.ts'
import type { Slots } from './slots.ts'

export interface ApplyEdges {
  readonly kube: KubeClient
  readonly observer: Observer
  readonly slots: Slots
}

/** What the app has to say to every object of it. */
export interface ApplyTo {
  readonly record: AppRecord
  readonly ignore: readonly DriftIgnore[]
}

/** How long a stage waits for what it created, before the next one tries its luck. */
const stageWaitMs = 30_000
const stageLookMs = 100

/**
 * Applies the objects of one stage side by side. A failure is a problem and stops nobody else.
 *
 * @throws RoadsteadError `cancelled` when the signal is aborted, and nothing else
 */
export async function applyStage(
  objects: readonly DesiredObject[],
  to: ApplyTo,
  edges: ApplyEdges,
  signal: AbortSignal,
): Promise<Map<string, Problem>> {
  const problems = new Map<string, Problem>()
  const applyOne = async (object: DesiredObject): Promise<void> => {
    try {
      const live = await edges.slots.run(() => applyObject(object, to, edges, signal))
      await standing(live, edges.kube, signal)
    } catch (error) {
      if (signal.aborted) throw cancelled(error)
      problems.set(object.key, problemOf(error, object.ref))
    }
  }
  await Promise.all(objects.map(applyOne))
  return problems
}

/** Applies one object and notes in the record how the API server left it. */
export async function applyObject(
  object: DesiredObject,
  { record, ignore }: ApplyTo,
  { kube, observer }: ApplyEdges,
  signal: AbortSignal,
): Promise<LiveObject> {
  signal.throwIfAborted()
  observer.busy(object.key)
  try {
    const wanted = parseJson(object.json) as Json as KubernetesObject
    const rules = rulesFor(object.ref, ignore)
    const sent = rules.length === 0 ? wanted : await withKept(wanted, object, rules, kube, signal)
    const live = await kube.apply(sent, {}, signal).catch((error: unknown) => {
      if (mayRecreate(wanted, error)) return recreate(wanted, kube, signal)
      throw error
    })
    record.objects.set(object.key, ownedAfter(object, live))
    observer.applied(object.key, live)
    return live
  } finally {
    observer.idle(object.key)
  }
}

const ownedAfter = (object: DesiredObject, live: LiveObject): OwnedObject => ({
  ref: object.ref,
  apiVersion: object.apiVersion,
  uid: live.metadata.uid ?? '',
  applied: object.hash,
  baseline: baselineOf(live),
})

/** Fields that the app leaves to others must not be overwritten by the next release either. */
async function withKept(
  wanted: KubernetesObject,
  { ref, apiVersion }: DesiredObject,
  rules: readonly DriftIgnore[],
  kube: KubeClient,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const key = { apiVersion, kind: ref.kind, namespace: ref.namespace, name: ref.name }
  const live = await kube.get(key, signal)
  return live ? keepIgnored(wanted, live, rules) : wanted
}

/** Waits for what the next stage builds on: a definition must be served before there can be objects of it. */
async function standing(live: LiveObject, kube: KubeClient, signal: AbortSignal): Promise<void> {
  if (live.kind !== 'CustomResourceDefinition') return
  kube.forgetKinds()
  const key = { apiVersion: live.apiVersion, kind: live.kind, namespace: '', name: live.metadata.name }
  const deadline = performance.now() + stageWaitMs
  for (let now: LiveObject | undefined = live; now; now = await kube.get(key, signal)) {
    if (assessHealth(now).status === 'Healthy' || performance.now() > deadline) return
    await sleep(stageLookMs, undefined, { signal })
  }
}

const cancelled = (cause: unknown): RoadsteadError =>
  cause instanceof RoadsteadError && cause.code === 'cancelled'
    ? cause
    : new RoadsteadError('cancelled', 'something newer is to be applied', { retry: 'superseded', cause })
