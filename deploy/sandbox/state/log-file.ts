/** What a part writes, kept in a file of bounded size beside the one before it. */
import { closeSync, existsSync, openSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const MAX_FILE_BYTES = 8 * 1024 * 1024

export interface LogFile {
  readonly path: string
  write(line: string): void
  close(): void
}

/** `<part>.log`, begun anew; what was there is `<part>.previous.log`, as is what no longer fits. */
export function openLog(directory: string, part: string): LogFile {
  const name = part.replaceAll(' ', '-')
  const path = join(directory, `${name}.log`)
  const previous = join(directory, `${name}.previous.log`)
  const begin = () => {
    if (existsSync(path)) renameSync(path, previous)
    return openSync(path, 'w', 0o600)
  }
  let file: number | undefined = begin()
  let bytes = 0
  return {
    path,
    write(line) {
      if (file === undefined) return
      if (bytes > MAX_FILE_BYTES) {
        closeSync(file)
        file = begin()
        bytes = 0
      }
      bytes += writeSync(file, `${line}\n`)
    },
    close() {
      if (file !== undefined) closeSync(file)
      file = undefined
    },
  }
}
