import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

export const sampleFleet = fileURLToPath(new URL('../../../../deploy/sample-fleet', import.meta.url))

/** A copy of the sample fleet to break. */
export interface FleetCopy {
  readonly directory: string
  write(path: string, text: string): void
  append(path: string, text: string): void
  /** Replaces the one place where `before` stands. */
  edit(path: string, before: string, after: string): void
  remove(path: string): void
}

export function copyOfSampleFleet(test: TestContext): FleetCopy {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'roadstead-fleet-')))
  test.after(() => rmSync(directory, { recursive: true }))
  cpSync(sampleFleet, directory, { recursive: true })
  const at = (path: string) => join(directory, path)
  return {
    directory,
    write(path, text) {
      mkdirSync(dirname(at(path)), { recursive: true })
      writeFileSync(at(path), text)
    },
    append: (path, text) => appendFileSync(at(path), text),
    edit(path, before, after) {
      const parts = readFileSync(at(path), 'utf8').split(before)
      if (parts.length !== 2) throw new Error(`${path} has ${parts.length - 1} places with: ${before}`)
      writeFileSync(at(path), parts.join(after))
    },
    remove: (path) => rmSync(at(path), { recursive: true }),
  }
}
