import { realpathSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { build, OverlayError, type Problem, toYaml } from '@roadstead/overlay'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes, Failure } from '../exit.ts'
import { print } from '../output/print.ts'
import { sourceProblemText } from '../output/problems.ts'
import { diskTree, findRepository, pathInTree } from './disk-tree.ts'
import { fromWorkingDirectory } from './place-problem.ts'

/** Builds as the hub does, where a directory without a kustomization is a list of objects. */
export function buildVerb(context: Context, directory: string): ExitCode {
  const path = realDirectory(resolve(context.workingDirectory, directory), directory)
  const tree = diskTree(findRepository(path))
  const say = (kind: string, problem: Problem) => {
    const placed = fromWorkingDirectory(problem, tree.root, context.workingDirectory)
    context.stderr.write(`${kind}${sourceProblemText(placed)}\n`)
  }
  try {
    const { objects, warnings } = build(tree.files, pathInTree(tree.root, path), { plainDirectories: true })
    for (const warning of warnings) say('warning: ', warning)
    print(context, objects, () => toYaml(objects))
    return exitCodes.ok
  } catch (error) {
    if (!(error instanceof OverlayError)) throw error
    for (const problem of error.problems) say('', problem)
    return exitCodes.no
  }
}

function realDirectory(path: string, given: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(path)
  throw new Failure(exitCodes.usage, `${given} is not a directory`)
}
