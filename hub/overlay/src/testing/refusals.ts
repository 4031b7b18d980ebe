import assert from 'node:assert/strict'
import { type BuildOptions, build, fileTree, OverlayError, type Problem } from '../index.ts'

export function problemsOf(
  files: Record<string, string>,
  options: BuildOptions & { directory?: string } = {},
): readonly Problem[] {
  const { directory = '', ...rest } = options
  try {
    build(fileTree(new Map(Object.entries(files))), directory, rest)
  } catch (error) {
    assert.ok(error instanceof OverlayError, String(error))
    return error.problems
  }
  return assert.fail('the build was not refused')
}

/** The first problem must say all of this. */
export function refuses(
  files: Record<string, string>,
  expected: Partial<Problem> & { says: RegExp },
  options: BuildOptions & { directory?: string } = {},
): void {
  const [problem] = problemsOf(files, options)
  const { says, ...place } = expected
  assert.match(problem!.message, says)
  for (const [key, value] of Object.entries(place))
    assert.equal(problem![key as keyof Problem], value, `${key} of: ${problem!.message}`)
}
