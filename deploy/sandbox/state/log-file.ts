/** What the parts write: a file of bounded size for each, beside the one before it. */
import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const MAX_FILE_BYTES = 8 * 1024 * 1024

export interface Logs {
  readonly directory: string
  /** Adds a line to `<part>.log`. */
  write(part: string, line: string): void
  pathOf(part: string): string
  close(): void
}

/**
 * The logs of one run. A part's file is begun anew at its first line and goes on over its restarts; what was
 * there is `<part>.previous.log`, as is what no longer fits.
 */
export function openLogs(directory: string): Logs {
  let closed = false
  const files = new Map<string, { handle: number; bytes: number }>()
  const pathOf = (part: string) => join(directory, `${part.replaceAll(' ', '-')}.log`)
  const begin = (part: string) => {
    const path = pathOf(part)
    if (existsSync(path)) renameSync(path, path.replace(/log$/, 'previous.log'))
    const file = { handle: openSync(path, 'w', 0o600), bytes: 0 }
    files.set(part, file)
    return file
  }
  return {
    directory,
    pathOf,
    write(part, line) {
      if (closed) return // a last word while everything ends
      let file = files.get(part) ?? begin(part)
      if (file.bytes > MAX_FILE_BYTES) {
        closeSync(file.handle)
        file = begin(part)
      }
      file.bytes += writeSync(file.handle, `${line}\n`)
    },
    close() {
      closed = true
      for (const { handle } of files.values()) closeSync(handle)
      files.clear()
    },
  }
}
