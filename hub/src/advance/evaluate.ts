import { breather, type FleetRenders, type Renderer } from '../render/index.ts'
import {
  type FleetDefinition,
  type FleetProblem,
  type FleetTree,
  loadDefinition,
  type ParseCache,
} from '../source/index.ts'

/** What a commit says, before the clusters come into it. */
export type Evaluation =
  | { readonly valid: false; readonly problems: readonly FleetProblem[] }
  | { readonly valid: true; readonly definition: FleetDefinition; readonly renders: FleetRenders }

export interface Evaluator {
  /** Reads and renders a commit; a commit that was evaluated lately costs nothing. */
  evaluate(commit: string, tree: FleetTree): Promise<Evaluation>
}

/** A push is evaluated in its hook, and again as the new head beside the one before it. */
const rememberedEvaluations = 4

export function createEvaluator(renderer: Renderer): Evaluator {
  const cache: ParseCache = new Map()
  const evaluations = new Map<string, Evaluation>()

  const evaluateNow = async (tree: FleetTree): Promise<Evaluation> => {
    const { definition, problems } = await loadDefinition(tree, { cache, breathe: breather() })
    if (!definition) return { valid: false, problems }
    return { valid: true, definition, renders: await renderer.renderFleet(tree, definition) }
  }

  return {
    async evaluate(commit, tree) {
      const known = evaluations.get(commit)
      if (known) return known
      const evaluation = await evaluateNow(tree)
      evaluations.set(commit, evaluation)
      if (evaluations.size > rememberedEvaluations) evaluations.delete(evaluations.keys().next().value!)
      return evaluation
    },
  }
}
