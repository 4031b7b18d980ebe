import { renderLimits } from './limits.ts'
import type { OverlayFiles } from './overlay-files.ts'
import type { Rendered } from './rendered.ts'

/** Something outside of the app that a build looked at, and what was there. */
export type Dependency = readonly [path: string, id: string | undefined]

interface Cached {
  readonly rendered: Rendered
  readonly dependencies: readonly Dependency[]
}

/**
 * Renderings by the app's content, valid while all that they looked at outside of the app is as it was.
 * Only what succeeded is kept: a failure may be mended by a file that was not there to be looked at.
 */
export interface RenderCache {
  get(directory: string, files: OverlayFiles): Cached | undefined
  set(directory: string, files: OverlayFiles, cached: Cached): void
}

export function renderCache(maxBytes: number = renderLimits.cacheBytes): RenderCache {
  const entries = new Map<string, Cached>()
  let bytes = 0
  const keyOf = (directory: string, { appKey }: OverlayFiles) => `${appKey} ${directory}`
  const remove = (key: string) => {
    const found = entries.get(key)
    if (found === undefined) return
    entries.delete(key)
    bytes -= costOf(found)
  }
  return {
    get(directory, files) {
      const key = keyOf(directory, files)
      const found = entries.get(key)
      if (!found?.dependencies.every(([path, id]) => files.idOf(path) === id)) return undefined
      entries.delete(key)
      entries.set(key, found)
      return found
    },
    set(directory, files, cached) {
      const key = keyOf(directory, files)
      remove(key)
      entries.set(key, cached)
      bytes += costOf(cached)
      while (bytes > maxBytes && entries.size > 1) remove(entries.keys().next().value!)
    },
  }
}

const bytesPerObject = 300

const costOf = ({ rendered }: Cached): number =>
  rendered.release.compressed.byteLength +
  bytesPerObject * (rendered.objects.length + rendered.references.length)
