import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AssignedApp,
  type Digest,
  decodeRelease,
  limits,
  type Release,
  RoadsteadError,
} from '@roadstead/proto'
import type { StateStore } from '../disk.ts'
import type { Link } from '../link/index.ts'

/** The releases this cluster needs, on disk under their digest, each fetched once. */
export interface Releases {
  /** Makes sure that a release is here and is what its name says; fetches it if need be. */
  hold(app: Pick<AssignedApp, 'release' | 'releaseBytes'>, signal: AbortSignal): Promise<void>
  /** @throws RoadsteadError `release-missing` for what is not held */
  read(digest: Digest): Promise<Release>
  /** Removes what is not wanted any more. */
  keepOnly(wanted: ReadonlySet<Digest>): Promise<void>
}

const folder = 'releases'
const nameOf = (digest: Digest): string => `${folder}/${digest.slice('sha256:'.length)}`
const chunksAtOnce = 4

/** Below this a fetch is over before ten thousand of them could meet. */
const undelayedBytes = 64 * 1024
const delayMsPerMiB = 250
const maxDelayMs = 5_000

export function createReleases(link: Link, store: StateStore, random: () => number): Releases {
  const fetchChunk = async (digest: Digest, index: number, signal: AbortSignal) => {
    const chunk = await link.fetchChunk(digest, index, signal)
    if (chunk) return chunk
    throw new RoadsteadError('release-missing', `chunk ${index} of release ${digest} is not in the stream`, {
      retry: 'retry',
    })
  }

  const fetch = async (digest: Digest, signal: AbortSignal): Promise<Uint8Array> => {
    const first = await fetchChunk(digest, 0, signal)
    if (first.chunks > limits.releaseChunks) {
      throw new RoadsteadError('too-large', `release ${digest} claims ${first.chunks} chunks`)
    }
    const parts: Uint8Array[] = [Uint8Array.from(first.bytes)]
    for (let next = 1; next < first.chunks; next += chunksAtOnce) {
      const indices = Array.from({ length: Math.min(chunksAtOnce, first.chunks - next) }, (_, i) => next + i)
      const chunks = await Promise.all(indices.map((index) => fetchChunk(digest, index, signal)))
      parts.push(...chunks.map(({ bytes }) => Uint8Array.from(bytes)))
    }
    return Buffer.concat(parts)
  }

  const stored = async (digest: Digest): Promise<Release | undefined> => {
    const bytes = await store.read(nameOf(digest))
    return bytes && decodeRelease(digest, bytes)
  }

  return {
    async hold({ release, releaseBytes }, signal) {
      // A damaged file is as good as none: what is fetched again replaces it.
      if (await stored(release).catch(() => undefined)) return
      await sleep(fetchDelayMs(releaseBytes, random()), undefined, { signal })
      const bytes = await fetch(release, signal)
      await decodeRelease(release, bytes)
      await store.write(nameOf(release), bytes)
    },

    async read(digest) {
      const release = await stored(digest)
      if (release) return release
      throw new RoadsteadError('release-missing', `release ${digest} is not on this agent’s disk`, {
        retry: 'retry',
      })
    },

    async keepOnly(wanted) {
      const names = new Set([...wanted].map((digest) => digest.slice('sha256:'.length)))
      for (const name of await store.list(folder)) {
        if (!names.has(name)) await store.remove(`${folder}/${name}`)
      }
    },
  }
}

/** @param chance from 0 to 1 */
export function fetchDelayMs(releaseBytes: number, chance: number): number {
  if (releaseBytes <= undelayedBytes) return 0
  return Math.min(maxDelayMs, (releaseBytes / 1_048_576) * delayMsPerMiB) * chance
}
