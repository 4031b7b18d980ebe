/** When what happened to the ConfigMaps of a namespace, as a watch of the API server tells it. */
import { type KubeConnection, type KubeEvent, kubeWatch } from '../../harness/index.ts'

export interface Sighting extends KubeEvent {
  /** By `performance.now()`. */
  readonly atMs: number
}

export interface Watching {
  /** The next sighting from now on that matches. Ask before doing what causes it. */
  next(matches: (seen: Sighting) => boolean): Promise<Sighting>
  stop(): void
}

const DEADLINE_MS = 60_000

export function watchConfigMaps(connection: KubeConnection, namespace: string): Watching {
  const ending = new AbortController()
  const looks = new Set<(seen: Sighting) => void>()
  const follow = async () => {
    const path = `/api/v1/namespaces/${namespace}/configmaps`
    for await (const event of kubeWatch(connection, path, ending.signal)) {
      const seen = { ...event, atMs: performance.now() }
      for (const look of looks) look(seen)
    }
  }
  follow().catch(() => {}) // what it does not see is missed by whoever waits for it
  return {
    next: (matches) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`not seen within ${DEADLINE_MS} ms`)), DEADLINE_MS)
        const look = (seen: Sighting) => {
          if (!matches(seen)) return
          clearTimeout(late)
          looks.delete(look)
          resolve(seen)
        }
        looks.add(look)
      }),
    stop: () => ending.abort(),
  }
}
