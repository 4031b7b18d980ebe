/**
 * Records what the official binary prints for every case of `testdata/corpus`:
 *
 *     node hub/overlay/scripts/record-corpus.ts
 *
 * A case is a directory with `tree/`, optionally `directory.txt` (what to build in the tree; its root
 * otherwise), and the recorded `expected.yaml`. Needs `kustomize` on PATH.
 */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { corpusCase } from '../src/testing/corpus.ts'
import { findOracle } from '../src/testing/oracle.ts'

const root = fileURLToPath(new URL('../testdata/corpus', import.meta.url))

async function main(): Promise<void> {
  const oracle = findOracle()
  if (oracle === undefined) throw new Error('kustomize is not on PATH')
  for (const name of readdirSync(root).sort()) {
    const { tree, directory } = corpusCase(join(root, name))
    const outcome = await oracle(tree, directory)
    if ('refused' in outcome) throw new Error(`${name}: ${outcome.refused}`)
    writeFileSync(join(root, name, 'expected.yaml'), outcome.printed)
  }
}

await main()
