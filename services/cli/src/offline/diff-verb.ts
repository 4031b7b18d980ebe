import { compareObjects } from '@roadstead/hub/render'
import type { DiffOptions } from '../commands/diff.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes, Failure } from '../exit.ts'
import { differenceText } from '../output/difference-text.ts'
import { print } from '../output/print.ts'
import { openFleet, sayProblems } from './open-fleet.ts'
import { findOverlay, objectsOf, renderOverlays } from './render-app.ts'

/**
 * Compares what an app is in two environments, without the overlays for some clusters and before variables
 * are filled in. Exit codes are those of `diff`: 0 the same, 1 different, 2 not to be compared.
 */
export async function diffVerb(context: Context, options: DiffOptions): Promise<ExitCode> {
  const fleet = await openFleet(context, options.repo)
  if (fleet === undefined) return exitCodes.usage
  const { app, overlay: from } = findOverlay(fleet.definition, options.app, options.from)
  const { overlay: to } = findOverlay(fleet.definition, options.app, options.to)
  if (from === to) throw new Failure(exitCodes.usage, `--from and --to are both ${options.to}`)
  const renders = await renderOverlays(fleet, app, [from, to])
  const problems = renders.flatMap((render) => render.problems)
  if (problems.length > 0) {
    sayProblems(context, fleet.root, problems)
    return exitCodes.usage
  }
  const [before, after] = await Promise.all(renders.map(({ releases }) => objectsOf(releases.get('')!)))
  const differences = compareObjects(before!, after!)
  const answer = {
    app: app.name,
    from: from.environment,
    to: to.environment,
    same: differences.length === 0,
    objects: differences,
  }
  print(context, answer, () => differenceText(answer, context))
  return answer.same ? exitCodes.ok : exitCodes.no
}
