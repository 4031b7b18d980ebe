import { resolve } from 'node:path'
import {
  type FleetDefinition,
  type FleetProblem,
  type FleetTree,
  loadDefinition,
  nearest,
} from '@roadstead/hub/source'
import type { Context } from '../context.ts'
import { exitCodes, Failure } from '../exit.ts'
import { sourceProblemText } from '../output/problems.ts'
import { fromWorkingDirectory } from './place-problem.ts'
import { readWorkingTree } from './working-tree.ts'

/** A fleet repository on disk that holds together. */
export interface OpenFleet {
  /** Absolute, without symbolic links. */
  readonly root: string
  readonly tree: FleetTree
  readonly definition: FleetDefinition
}

/** @returns undefined for a fleet that does not hold together; what is wrong with it has been printed */
export async function openFleet(context: Context, repo: string): Promise<OpenFleet | undefined> {
  const { root, fleet } = readWorkingTree(resolve(context.workingDirectory, repo))
  const { definition, problems } = await loadDefinition(fleet)
  if (definition !== undefined) return { root, tree: fleet, definition }
  sayProblems(context, root, problems)
  return undefined
}

/** Prints problems as compilers do, with files as they are called from the working directory. */
export function sayProblems(context: Context, root: string, problems: readonly FleetProblem[]): void {
  for (const problem of problems) {
    const placed = fromWorkingDirectory(problem, root, context.workingDirectory)
    context.stderr.write(`${sourceProblemText(placed)}\n`)
  }
}

/** A name on the command line that is none of those there are. */
export function unknownName(message: string, wanted: string, known: Iterable<string>): Failure {
  const names = [...known]
  const near = nearest(wanted, names)
  const advice = near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There is: ${names.join(', ')}`
  return new Failure(exitCodes.usage, message, { code: 'not-found', advice })
}
