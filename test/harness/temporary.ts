import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { guardDirectory, releaseDirectory } from './watchdog.ts'

/** Root's servers that run as another user must get through to what is theirs in here. */
const PASSABLE = 0o711

export interface TemporaryDirectory extends Disposable {
  readonly path: string
  /** Removes it now, rather than at the end of the process. */
  remove(): void
}

/**
 * A new empty directory that is gone once this process is, however that ends.
 * @param label a word that tells a person who looks into the temporary directory what it belongs to
 */
export function temporaryDirectory(label: string): TemporaryDirectory {
  const base = realpathSync(tmpdir())
  const path = mkdtempSync(join(base, `roadstead-${label}-`))
  guardDirectory(path)
  if (process.getuid?.() === 0) chmodSync(path, PASSABLE)
  const remove = () => {
    rmSync(path, { recursive: true, force: true, maxRetries: 5 })
    releaseDirectory(path)
  }
  return { path, remove, [Symbol.dispose]: remove }
}
