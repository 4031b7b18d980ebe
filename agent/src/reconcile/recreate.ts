import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, type KubernetesObject, RoadsteadError } from '@roadstead/proto'
import { type KubeClient, keyOf, type LiveObject } from '../kube/index.ts'

/** On a desired object, with the value `recreate`: what an immutable field keeps from changing is made anew. */
export const immutableMark = 'roadstead.dev/on-immutable'

const goneWithinMs = 60_000
const lookMs = 100

export const mayRecreate = (wanted: KubernetesObject, error: unknown): boolean =>
  codeOf(error) === 'object-immutable' && wanted.metadata.annotations?.[immutableMark] === 'recreate'

/**
 * Deletes an object whose change the API server refuses for ever, and applies it anew. Only the very object
 * that is there now is deleted.
 *
 * @throws RoadsteadError `timeout` while finalizers hold the old one; the next attempt goes on from there
 */
export async function recreate(
  wanted: KubernetesObject,
  kube: KubeClient,
  signal: AbortSignal,
): Promise<LiveObject> {
  const key = keyOf(wanted)
  const old = await kube.get(key, signal)
  if (old) await kube.delete(key, old.metadata.uid, signal)
  const deadline = performance.now() + goneWithinMs
  while ((await kube.get(key, signal))?.metadata.uid === old?.metadata.uid && old) {
    if (performance.now() > deadline) {
      throw new RoadsteadError('timeout', 'the object to be recreated is still being deleted', {
        retry: 'retry',
      })
    }
    await sleep(lookMs, undefined, { signal })
  }
  return kube.apply(wanted, {}, signal)
}
