import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeClient } from './client.ts'

/** Longer than any outage of an API server that is worth hurrying for. */
const retryMs = 15_000
/** A cluster is upgraded under its agent. */
const refreshMs = 3_600_000

/** Knows the API server's version as soon as it can be had, and learns of an upgrade within the hour. */
export interface VersionWatch {
  readonly current: string | undefined
  run(signal: AbortSignal): Promise<void>
}

export function watchVersion(kube: KubeClient): VersionWatch {
  let current: string | undefined
  return {
    get current() {
      return current
    },
    async run(signal) {
      while (!signal.aborted) {
        current = await kube.version(signal).catch(() => current)
        const waitMs = current === undefined ? retryMs : refreshMs
        await sleep(waitMs, undefined, { signal }).catch(() => {})
      }
    },
  }
}
