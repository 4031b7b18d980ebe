import { setTimeout as sleep } from 'node:timers/promises'
import { isExpired, type KubeClient, type LiveObject, refKey, refOf } from '../kube/index.ts'

export interface WatcherEdges {
  readonly kube: KubeClient
  readonly random: () => number
  readonly selector: string
  readonly onSeen: (key: string, live: LiveObject) => void
  /** The object left the selection: deleted, or its label is gone. */
  readonly onLeft: (key: string) => void
  /** A complete list was read: what of this kind is not in it is not selected. */
  readonly onListed: (keys: ReadonlySet<string>) => void
  readonly onTrouble: (error: unknown) => void
}

const retryFirstMs = 250
const retryMaxMs = 60_000
/** A watch that lived this long was a good one: the next may start at once. */
const goodWatchMs = 5_000

/**
 * Follows one kind until the signal is aborted: a list, then watches that go on from the last version
 * seen. A new list is read only when the server says that it forgot that version.
 */
export async function follow(
  apiVersion: string,
  kind: string,
  edges: WatcherEdges,
  signal: AbortSignal,
): Promise<void> {
  let version: string | undefined
  let waitMs = retryFirstMs
  while (!signal.aborted) {
    const started = performance.now()
    try {
      version ??= await list(apiVersion, kind, edges, signal)
      version = await watchFrom(version, apiVersion, kind, edges, signal)
    } catch (error) {
      if (signal.aborted) return
      if (!isExpired(error)) edges.onTrouble(error)
      // Drift may hide in what was forgotten, so the new list does not wait; the one after it does.
      const first = version !== undefined && isExpired(error) && waitMs === retryFirstMs
      version = undefined
      if (first) {
        waitMs *= 2
        continue
      }
    }
    if (performance.now() - started > goodWatchMs) waitMs = retryFirstMs
    await sleep(waitMs * (0.5 + edges.random()), undefined, { signal }).catch(() => {})
    waitMs = Math.min(waitMs * 2, retryMaxMs)
  }
}

async function list(
  apiVersion: string,
  kind: string,
  edges: WatcherEdges,
  signal: AbortSignal,
): Promise<string> {
  const keys = new Set<string>()
  let next: string | undefined
  let version = ''
  do {
    const selection = { labels: edges.selector, continue: next }
    const page = await edges.kube.list(apiVersion, kind, selection, signal)
    for (const live of page.items) {
      const key = refKey(refOf(live))
      keys.add(key)
      edges.onSeen(key, live)
    }
    next = page.next
    version = page.resourceVersion
  } while (next !== undefined)
  edges.onListed(keys)
  return version
}

/** Watches until the watch ends. @returns the version to go on from; on failure it is lost with the error */
async function watchFrom(
  start: string,
  apiVersion: string,
  kind: string,
  edges: WatcherEdges,
  signal: AbortSignal,
): Promise<string> {
  let version = start
  try {
    const selection = { labels: edges.selector, resourceVersion: start }
    for await (const event of edges.kube.watch(apiVersion, kind, selection, signal)) {
      if (event.type === 'BOOKMARK') {
        version = event.resourceVersion
        continue
      }
      version = event.object.metadata.resourceVersion ?? version
      const key = refKey(refOf(event.object))
      if (event.type === 'DELETED') edges.onLeft(key)
      else edges.onSeen(key, event.object)
    }
  } catch (error) {
    if (isExpired(error)) throw error
    edges.onTrouble(error)
  }
  return version
}
