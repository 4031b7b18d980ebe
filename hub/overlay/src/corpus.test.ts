import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build, fileTree, toYaml } from './index.ts'
import { corpusCase } from './testing/corpus.ts'
import { findOracle } from './testing/oracle.ts'

const root = fileURLToPath(new URL('../testdata/corpus', import.meta.url))
const names = readdirSync(root).sort()
const oracle = findOracle()

describe('the corpus builds to what the official binary prints, byte by byte', () => {
  it('holds at least 150 trees', () => assert.ok(names.length >= 150))
  for (const name of names) {
    const { tree, directory, expected } = corpusCase(join(root, name))
    it(name, () => {
      assert.ok(expected !== undefined, 'no recorded expectation')
      assert.equal(toYaml(build(fileTree(tree), directory).objects), expected)
    })
  }
})

describe('the recorded expectations are what the official binary on PATH prints', {
  skip: oracle === undefined,
}, () => {
  for (const name of names) {
    it(name, async () => {
      const { tree, directory, expected } = corpusCase(join(root, name))
      assert.deepEqual(await oracle!(tree, directory), { printed: expected })
    })
  }
})
