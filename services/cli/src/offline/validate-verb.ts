import { resolve } from 'node:path'
import { type CheckedFleet, type FleetProblem, saidOnce, validateFleet } from '@roadstead/hub/source'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit.ts'
import { print } from '../output/print.ts'
import { sourceProblemText } from '../output/problems.ts'
import { fromWorkingDirectory } from './place-problem.ts'
import { readWorkingTree } from './working-tree.ts'

/** Says what the hub would say of this directory if it were committed and pushed. */
export async function validateVerb(context: Context, directory: string): Promise<ExitCode> {
  const { root, fleet } = readWorkingTree(resolve(context.workingDirectory, directory))
  const checked = await validateFleet(fleet)
  const { problems } = checked
  print(context, { valid: problems.length === 0, problems }, () => {
    if (problems.length === 0) return `Valid: ${summary(checked)}.\n`
    const placed = problems.map((problem) => fromWorkingDirectory(problem, root, context.workingDirectory))
    return problemsText(placed, context)
  })
  return problems.length === 0 ? exitCodes.ok : exitCodes.no
}

function problemsText(problems: readonly FleetProblem[], { colors }: Context): string {
  const lines = saidOnce(problems).map(({ problem, environments }) => {
    const where = environments.length === 0 ? '' : `, in ${environments.join(', ')}`
    return `${sourceProblemText(problem)} ${colors.dim(`(${problem.code}${where})`)}\n`
  })
  return `${lines.join('')}\nInvalid: ${counted(lines.length, 'problem')}.\n`
}

function summary({ definition, renders }: CheckedFleet): string {
  const releases = [...(renders?.values() ?? [])].flatMap((environments) =>
    [...environments.values()].flatMap((render) => [...render.releases.values()]),
  )
  const objects = releases.reduce((sum, release) => sum + release.objects.length, 0)
  return [
    counted(definition?.environments.length ?? 0, 'environment'),
    counted(definition?.clusters.size ?? 0, 'cluster'),
    counted(definition?.apps.size ?? 0, 'app'),
    `${counted(releases.length, 'release')} with ${counted(objects, 'object')}`,
  ].join(', ')
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
