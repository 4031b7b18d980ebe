import { join, relative } from 'node:path'
import type { PlacedProblem } from '../output/problems.ts'

/**
 * The problem with its file as it is called from the working directory, so that a terminal or an editor
 * can open it.
 */
export function fromWorkingDirectory<P extends PlacedProblem>(
  problem: P,
  root: string,
  workingDirectory: string,
): P {
  if (problem.file === undefined) return problem
  return { ...problem, file: relative(workingDirectory, join(root, problem.file)) }
}
