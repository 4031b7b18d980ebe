import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AssignedApp,
  type Digest,
  decodeRelease,
  decryptRelease,
  type KeyHolder,
  limits,
  openRelease,
  type Release,
  RoadsteadError,
  unwrapReleaseKey,
} from '@roadstead/proto'
import type { StateStore } from '../disk.ts'
import type { Link } from '../link/index.ts'

/** A release as an assignment names it: what it is, and with what it opens. */
export type AssignedRelease = Pick<AssignedApp, 'release' | 'releaseBytes' | 'releaseKey'>

export interface ReleasesEdges extends KeyHolder {
  readonly link: Link
  readonly store: StateStore
  readonly random: () => number
}

/**
 * The releases this cluster needs, on disk under their digest, each fetched once. At the broker they are
 * encrypted; on the agent's own disk, beside the key of its cluster, that would protect nothing.
 */
export interface Releases {
  /** Makes sure that a release is here and is what its name says; fetches it if need be. */
  hold(assigned: AssignedRelease, signal: AbortSignal): Promise<void>
  /**
   * Reads a release that was held. One that is missing or damaged on disk is fetched again.
   *
   * @throws RoadsteadError `release-missing`, or what kept it from being fetched
   */
  read(assigned: AssignedRelease, signal: AbortSignal): Promise<Release>
  /** Removes what is not wanted, unless it was asked for since the last time: something newer may want it. */
  keepOnly(wanted: ReadonlySet<Digest>): Promise<void>
}

const folder = 'releases'
const nameOf = (digest: Digest): string => `${folder}/${digest.slice('sha256:'.length)}`
const chunksAtOnce = 4

/** Below this a fetch is over before ten thousand of them could meet. */
const undelayedBytes = 256 * 1024
const delayMsPerMiB = 150
const maxDelayMs = 5_000

export function createReleases({ link, store, random, ...holder }: ReleasesEdges): Releases {
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

  /** Verified since the agent started: what lies on its own disk is not read again for every assignment. */
  const held = new Set<Digest>()
  /** Asked for since the last clearing. */
  let recent = new Set<Digest>()

  const isHeld = async (digest: Digest): Promise<boolean> => {
    if (held.has(digest)) return true
    const bytes = await store.read(nameOf(digest))
    // A damaged file is as good as none: what is fetched again replaces it.
    const sound =
      bytes !== undefined && (await openRelease(digest, bytes).catch(() => undefined)) !== undefined
    if (sound) held.add(digest)
    return sound
  }

  const readStored = async (digest: Digest): Promise<Release | undefined> => {
    const bytes = await store.read(nameOf(digest))
    return bytes && decodeRelease(digest, bytes).catch(() => undefined)
  }

  const hold: Releases['hold'] = async ({ release, releaseBytes, releaseKey }, signal) => {
    recent.add(release)
    if (await isHeld(release)) return
    const key = unwrapReleaseKey(holder, release, releaseKey)
    await sleep(fetchDelayMs(releaseBytes, random()), undefined, { signal })
    const bytes = decryptRelease(key, release, await fetch(release, signal))
    await openRelease(release, bytes)
    await store.write(nameOf(release), bytes)
    held.add(release)
  }

  return {
    hold,

    async read(assigned, signal) {
      const { release } = assigned
      const stored = await readStored(release)
      if (stored) return stored
      held.delete(release)
      await hold({ ...assigned, releaseBytes: 0 }, signal)
      const fetched = await readStored(release)
      if (fetched) return fetched
      throw new RoadsteadError('release-missing', `release ${release} can not be read back from the disk`, {
        retry: 'retry',
      })
    },

    async keepOnly(wanted) {
      const spared = [...wanted, ...recent]
      recent = new Set()
      const names = new Set(spared.map((digest) => digest.slice('sha256:'.length)))
      for (const name of await store.list(folder)) {
        if (names.has(name)) continue
        held.delete(`sha256:${name}` as Digest)
        await store.remove(`${folder}/${name}`)
      }
    },
  }
}

/** @param chance from 0 to 1 */
export function fetchDelayMs(releaseBytes: number, chance: number): number {
  if (releaseBytes <= undelayedBytes) return 0
  return Math.min(maxDelayMs, (releaseBytes / 1_048_576) * delayMsPerMiB) * chance
}
