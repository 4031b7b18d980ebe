import { type AppName, type CommitId, type EnvironmentName, RoadsteadError } from '@roadstead/proto'
import type { Database } from '../db/index.ts'
import { createRenderer } from '../render/index.ts'
import { type FleetDefinition, loadDefinition, type ParseCache } from '../source/definition/index.ts'
import type { Source } from '../source/index.ts'
import { explain } from './explain.ts'
import type { Explanation } from './explanation.ts'
import { explainLimits } from './limits.ts'
import type { Question } from './scope.ts'

/** Explains what is in force. */
export interface Explainer {
  /**
   * As `explain`, at the commit in force; for an app that is held back, at the commit of the release it has.
   *
   * @throws RoadsteadError also `rate-limited` while too many are asked for at once, `unavailable` while there
   *   is no commit in force or the repository can not be read
   */
  explain(question: Question): Promise<Explanation>
  close(): Promise<void>
}

export interface ExplainerEdges {
  readonly database: Database
  readonly source: Pick<Source, 'read' | 'blame'>
}

const rememberedDefinitions = 2

/**
 * Reads Git and builds overlays for whoever asks, on any replica. It has a thread of its own: an answer does
 * not wait for a fleet that is being rendered, nor the fleet for an answer.
 */
export function createExplainer({ database, source }: ExplainerEdges): Explainer {
  const renderer = createRenderer()
  const cache: ParseCache = new Map()
  const definitions = new Map<CommitId, FleetDefinition>()
  let underWay = 0

  const readFleet = async (commit: CommitId) => {
    const found = await source.read(commit)
    if (!found)
      throw new RoadsteadError('unavailable', `the repository has no commit ${commit}`, { retry: 'retry' })
    const { tree } = found
    const definition = definitions.get(commit) ?? (await loadDefinition(tree, { cache })).definition
    // What is in force was valid when it came.
    if (!definition) throw new RoadsteadError('internal', `the commit ${commit} does not hold together`)
    definitions.set(commit, definition)
    if (definitions.size > rememberedDefinitions) definitions.delete(definitions.keys().next().value!)
    return { tree, definition, commit }
  }

  const answer = async (question: Question): Promise<Explanation> => {
    const commit = await explainedCommit(database, question)
    const fleet = await readFleet(commit)
    const blame: Parameters<typeof explain>[0]['blame'] = (request) =>
      source.blame({ ...request, commit: (request.commit as CommitId | undefined) ?? commit })
    return explain({ trace: renderer.trace, blame }, fleet, question)
  }

  return {
    async explain(question) {
      if (underWay >= explainLimits.atOnce) {
        throw new RoadsteadError('rate-limited', `${underWay} explanations are under way; ask again`, {
          retry: 'retry',
        })
      }
      underWay += 1
      return answer(question).finally(() => {
        underWay -= 1
      })
    },
    close: () => renderer.close(),
  }
}

async function explainedCommit(database: Database, { app, environment }: Question): Promise<CommitId> {
  const held = await database
    .selectFrom('app_environments')
    .select(['commit', 'problems', 'release'])
    .where('app', '=', app as AppName)
    .where('environment', '=', environment as EnvironmentName)
    .executeTakeFirst()
  if (held && held.problems.length > 0 && held.release !== null) return held.commit
  const fleet = await database.selectFrom('fleet').select('in_force').executeTakeFirst()
  if (fleet?.in_force) return fleet.in_force
  throw new RoadsteadError('unavailable', 'no commit is in force yet', { retry: 'retry' })
}
