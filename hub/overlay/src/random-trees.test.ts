import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { build, fileTree, OverlayError, toYaml } from './index.ts'
import { findOracle, type Outcome } from './testing/oracle.ts'
import { type RandomTree, randomTree } from './testing/random-tree.ts'

const oracle = findOracle()

function ours({ files, directory }: RandomTree): Outcome {
  try {
    return { printed: toYaml(build(fileTree(files), directory).objects) }
  } catch (error) {
    if (error instanceof OverlayError) return { refused: error.message }
    throw error
  }
}

describe('random trees', () => {
  it('build to the same objects as with the official binary, or are refused by both', {
    skip: oracle === undefined,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(randomTree, async (tree) => {
        const official = await oracle!(tree.files, tree.directory)
        const own = ours(tree)
        if ('refused' in official) assert.ok('refused' in own, `kustomize refuses this: ${official.refused}`)
        else assert.deepEqual(own, official)
      }),
      { numRuns: 60 },
    )
  })

  it('either build or fail with problems that have a place', () => {
    fc.assert(
      fc.property(randomTree, ({ files, directory }) => {
        try {
          build(fileTree(files), directory)
        } catch (error) {
          assert.ok(error instanceof OverlayError, String(error))
          for (const problem of error.problems) assert.ok(problem.file !== undefined, problem.message)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('build to the same objects every time', () => {
    fc.assert(
      fc.property(randomTree, (tree) => assert.deepEqual(ours(tree), ours(tree))),
      { numRuns: 100 },
    )
  })
})
