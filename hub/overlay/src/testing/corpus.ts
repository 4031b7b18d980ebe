import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTree } from './oracle.ts'

export interface CorpusCase {
  readonly tree: ReadonlyMap<string, Uint8Array>
  readonly directory: string
  /** What the official binary printed when the case was recorded. */
  readonly expected: string | undefined
}

export function corpusCase(path: string): CorpusCase {
  const directory = join(path, 'directory.txt')
  const expected = join(path, 'expected.yaml')
  return {
    tree: readTree(join(path, 'tree')),
    directory: existsSync(directory) ? readFileSync(directory, 'utf8').trim() : '',
    expected: existsSync(expected) ? readFileSync(expected, 'utf8') : undefined,
  }
}
