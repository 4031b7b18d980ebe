/** A simulated cluster as somebody with a kubeconfig sees it: to watch an object, and to do things to it. */
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { until } from '@roadstead/test/harness'

export interface KubeObject {
  readonly metadata: { readonly name: string; readonly uid: string }
  readonly spec?: unknown
}

/** What the cluster's own watch told, and when it arrived here. */
export interface Sighting {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly object: KubeObject
  readonly atMs: number
}

export interface Watched {
  /**
   * The first sighting from `sinceMs` on that matches; waits for it.
   * @throws {Error} at the deadline
   */
  seen(what: string, matches: (sighting: Sighting) => boolean, sinceMs: number): Promise<Sighting>
}

export interface ClusterClient {
  readonly name: string
  /** Watches one object until the signal is aborted; resolves once the watch stands. */
  watch(collection: string, object: string, signal: AbortSignal): Promise<Watched>
  /** A JSON patch in the name of another field manager. */
  patch(path: string, operations: readonly unknown[], manager: string): Promise<void>
  delete(path: string): Promise<void>
}

const SIGHTING_DEADLINE_MS = 15_000
const MAX_SIGHTINGS = 2_000

export function createClusterClient(name: string, url: string, token: string): ClusterClient {
  const request = async (path: string, init: RequestInit & { headers?: Record<string, string> }) => {
    const headers = { authorization: `Bearer ${token}`, ...init.headers }
    const response = await fetch(`${url}${path}`, { ...init, headers })
    if (!response.ok) throw new Error(`${name}: ${path}: ${response.status} ${await response.text()}`)
    return response
  }
  return {
    name,
    async watch(collection, object, signal) {
      const path = `${collection}?watch=true&fieldSelector=metadata.name%3D${object}`
      const response = await request(path, { signal })
      return readSightings(`${object} on ${name}`, response, signal)
    },
    async patch(path, operations, manager) {
      await request(`${path}?fieldManager=${manager}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json-patch+json' },
        body: JSON.stringify(operations),
      }).then((response) => response.body?.cancel())
    },
    async delete(path) {
      await request(path, { method: 'DELETE' }).then((response) => response.body?.cancel())
    },
  }
}

function readSightings(what: string, response: Response, signal: AbortSignal): Watched {
  const sightings: Sighting[] = []
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0])
  createInterface({ input: body })
    .on('error', () => {}) // the signal ended it
    .on('line', (line) => {
      const { type, object } = JSON.parse(line) as Sighting
      sightings.push({ type, object, atMs: performance.now() })
      if (sightings.length > MAX_SIGHTINGS) sightings.shift()
    })
  return {
    seen: (wanted, matches, sinceMs) =>
      until(() => sightings.find((one) => one.atMs >= sinceMs && matches(one)), {
        deadlineMs: SIGHTING_DEADLINE_MS,
        everyMs: 5,
        message: `${what} ${wanted}${signal.aborted ? ' (the watch has ended)' : ''}`,
      }),
  }
}
