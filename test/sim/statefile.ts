import { readFileSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { SavedState } from './store/store.ts'

/** Changes are gathered for this long before the file is written again. */
const DEBOUNCE_MS = 500

export type SavedClusters = Readonly<Record<string, SavedState>>

/**
 * The objects of several clusters in one file. Written whole beside the old one and renamed over it, so that a crash
 * at any moment leaves a complete file; at most the last half second is lost.
 */
export class StateFile {
  readonly #path: string
  readonly #collect: () => SavedClusters
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(path: string, collect: () => SavedClusters) {
    this.#path = path
    this.#collect = collect
  }

  /** Something has changed. */
  touch(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      void this.flush().catch((error: Error) =>
        console.error(`sim: cannot save ${this.#path}: ${error.message}`),
      )
    }, DEBOUNCE_MS)
  }

  /** Writes what there is now; resolves when it is on disk. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.catch(() => undefined).then(() => this.#write())
    return this.#writing
  }

  async #write(): Promise<void> {
    const text = JSON.stringify({ format: FORMAT, clusters: this.#collect() })
    const next = `${this.#path}.next`
    await mkdir(dirname(this.#path), { recursive: true })
    const file = await open(next, 'w', PRIVATE_MODE)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(next, this.#path)
  }
}

/** It holds Secrets. */
const PRIVATE_MODE = 0o600

const FORMAT = 'roadstead-sim/1'

/** What was saved; empty when there is no file. Throws, naming the file, when it is not one of ours. */
export function readStateFile(path: string): SavedClusters {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
  try {
    const { format, clusters } = JSON.parse(text) as { format?: string; clusters: SavedClusters }
    if (format === FORMAT) return clusters
  } catch (error) {
    throw new Error(`${path} is not a state file of simulated clusters: remove it to start afresh`, {
      cause: error,
    })
  }
  throw new Error(`${path} has an unknown format: remove it to start afresh`)
}
