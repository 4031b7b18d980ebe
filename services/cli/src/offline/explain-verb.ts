import { type Explanation, explain } from '@roadstead/hub/explain'
import { createRenderer } from '@roadstead/hub/render'
import { RoadsteadError } from '@roadstead/proto'
import type { ExplainOptions } from '../commands/explain.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes, Failure } from '../exit.ts'
import { explanationText } from '../output/explanation-text.ts'
import { print } from '../output/print.ts'
import { blameIn } from './git.ts'
import { type OpenFleet, openFleet } from './open-fleet.ts'
import { fromWorkingDirectory } from './place-problem.ts'

export interface ExplainQuestion extends ExplainOptions {
  readonly object: string
  readonly field: string | undefined
}

/** Explains a field as the hub does, of the files as they lie on disk: a line may not be committed yet. */
export async function explainVerb(context: Context, question: ExplainQuestion): Promise<ExitCode> {
  const fleet = await openFleet(context, question.repo)
  if (fleet === undefined) return exitCodes.no
  const explanation = await explainIn(fleet, question)
  print(context, explanation, () =>
    explanationText(explanation, context, (file) => {
      const placed = fromWorkingDirectory({ message: '', file }, fleet.root, context.workingDirectory)
      return placed.file ?? file
    }),
  )
  return exitCodes.ok
}

async function explainIn(
  { root, tree, definition }: OpenFleet,
  { app, env, cluster, object, field }: ExplainQuestion,
): Promise<Explanation> {
  const renderer = createRenderer()
  const edges = { trace: renderer.trace, blame: blameIn(root) }
  try {
    return await explain(edges, { tree, definition }, { app, environment: env, cluster, object, field })
  } catch (error) {
    if (!(error instanceof RoadsteadError)) throw error
    const { code, message } = error
    throw new Failure(wrongNames.has(code) ? exitCodes.usage : exitCodes.no, message, { code, cause: error })
  } finally {
    await renderer.close()
  }
}

/** What is wrong with the command line; anything else is wrong with what it names. */
const wrongNames: ReadonlySet<string> = new Set(['not-found', 'bad-request', 'conflict'])
